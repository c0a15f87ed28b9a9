package org.lanyard.config;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.lanyard.fuzz.Check;

/**
 * A file of whatever bytes is a configuration, or all that is wrong with it is told with its place;
 * a configuration that is written is read as the same.
 */
public final class ConfigParserFuzz {
    private ConfigParserFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        SwitchConfig config = null;
        try {
            config = ConfigParser.parse("f.toml", text);
        } catch (ConfigException e) {
            check(e, text, 1);
        }
        if (config != null) {
            String written = ConfigWriter.write(config);
            try {
                Check.same(config, ConfigParser.parse("w.toml", written), "written, and read");
            } catch (ConfigException e) {
                throw new AssertionError("what was written can't be read:\n" + written, e);
            }
        }
        asSettings(text);
    }

    /** As {@code port add} and {@code port set} give it. */
    private static void asSettings(String text) {
        SwitchConfig small = SwitchConfig.withoutFile();
        try {
            Check.that(
                    ConfigParser.add(small, "new", text).ports().size() <= 2, "more than one port");
        } catch (ConfigException e) {
            check(e, text, 0);
        }
        PortConfig port = small.ports().get(0);
        try {
            PortConfig changed = ConfigParser.change(port, text, List.of(), List.of(port.name()));
            Check.same(port.name(), changed.name(), "the port's name");
        } catch (ConfigException e) {
            check(e, text, 0);
        }
    }

    private static void check(ConfigException e, String text, int firstLine) {
        Check.that(!e.errors().isEmpty(), "refused, and nothing is wrong");
        long lines = text.lines().count() + 2;
        for (ConfigError error : e.errors()) {
            Check.that(!error.message().isBlank(), "an error without a word");
            Check.that(error.message().indexOf('\n') < 0, "an error of two lines: " + error);
            Check.that(error.line() >= firstLine && error.line() <= lines, "the line of " + error);
            Check.that(error.column() >= 1, "the column of " + error);
        }
    }
}
