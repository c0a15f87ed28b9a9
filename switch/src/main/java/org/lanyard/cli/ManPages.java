package org.lanyard.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.lanyard.control.Version;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes the manual pages, one a command, from the commands' own model, by man(7). picocli's
 * generator writes AsciiDoc, which takes a JRuby of 40 MB to become roff.
 */
final class ManPages {
    private static final String[][] ENVIRONMENT = {
        {"LANYARD_RUNTIME_DIR", "the switch's runtime directory, as --runtime-dir says it"},
        {"LANYARD_JAVA_OPTS", "more options for the JVM"},
        {"NO_COLOR", "if it is set, no colour on a terminal"},
        {"NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS", "what systemd says to lanyard run"},
    };

    private static final String[][] FILES = {
        {"/run/lanyard/NAME", "root's and services' runtime directories"},
        {"$XDG_RUNTIME_DIR/lanyard/NAME", "a user's; /tmp/lanyard-UID/NAME where that is not set"},
        {"/etc/lanyard/NAME.toml", "the configuration of the service lanyard@NAME"},
        {"/usr/share/doc/lanyard/examples", "examples of configurations"},
    };

    private static final String[][] EXIT_STATUS = {
        {"0", "done"},
        {"1", "failed"},
        {"2", "usage"},
        {"3", "no such running switch"},
        {"4", "invalid configuration"},
    };

    private final StringBuilder page = new StringBuilder();

    private ManPages() {}

    /**
     * @param args the directory to write to, and the date of the pages (2026-11-23)
     */
    public static void main(String[] args) throws IOException {
        Path dir = Files.createDirectories(Path.of(args[0]));
        List<CommandLine> commands = new ArrayList<>(List.of(Lanyard.commandLine()));
        for (int i = 0; i < commands.size(); i++) {
            CommandSpec command = commands.get(i).getCommandSpec();
            if (!command.usageMessage().hidden()) {
                String text = new ManPages().page(command, args[1]);
                Files.writeString(dir.resolve(name(command) + ".1"), text);
                commands.addAll(command.subcommands().values());
            }
        }
    }

    private static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    private String page(CommandSpec command, String date) {
        String title = name(command).toUpperCase(Locale.ROOT);
        line(".TH " + title + " 1 " + date + " \"Lanyard " + Version.CURRENT + "\"");
        String[] description = command.usageMessage().description();
        section("NAME");
        line(plain(name(command)) + " \\- " + inline(lowered(format(description[0]))));
        section("SYNOPSIS");
        Help help = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF));
        line(plain(help.synopsis(0).replaceAll("\\s+", " ").strip()));
        section("DESCRIPTION");
        paragraphs(description);
        subcommands(command);
        arguments(command);
        if (command.parent() == null) {
            list("ENVIRONMENT", ENVIRONMENT);
            list("FILES", FILES);
        }
        list("EXIT STATUS", EXIT_STATUS);
        examples(command);
        related(command);
        return page.toString();
    }

    private void examples(CommandSpec command) {
        if (command.parent() != null && command.usageMessage().footer().length > 0) {
            section("EXAMPLES");
            line(".EX");
            for (String example : command.usageMessage().footer()) {
                line(plain(format(example)));
            }
            line(".EE");
        }
    }

    private void subcommands(CommandSpec command) {
        boolean first = true;
        for (CommandLine sub : command.subcommands().values()) {
            CommandSpec spec = sub.getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                if (first) {
                    section("COMMANDS");
                    first = false;
                }
                item(
                        "\\fB" + plain(spec.name()) + "\\fR",
                        format(spec.usageMessage().description()[0]));
            }
        }
    }

    private void arguments(CommandSpec command) {
        section("OPTIONS");
        for (PositionalParamSpec word : command.positionalParameters()) {
            item("\\fI" + plain(word.paramLabel()) + "\\fR", described(word));
        }
        for (OptionSpec option : command.options()) {
            if (!option.hidden()) {
                List<String> names = new ArrayList<>();
                for (String name : option.names()) {
                    names.add("\\fB" + plain(name) + "\\fR");
                }
                String value =
                        option.arity().max() == 0
                                ? ""
                                : "=\\fI" + plain(option.paramLabel()) + "\\fR";
                item(String.join(", ", names) + value, described(option));
            }
        }
    }

    private static String described(ArgSpec arg) {
        List<String> values = new ArrayList<>();
        if (arg.completionCandidates() != null) {
            arg.completionCandidates().forEach(values::add);
        }
        String text = String.join(" ", arg.description());
        return format(
                text.replace("${COMPLETION-CANDIDATES}", String.join(", ", values))
                        .replace("${DEFAULT-VALUE}", String.valueOf(arg.defaultValue())));
    }

    private void related(CommandSpec command) {
        var names = new TreeSet<String>();
        CommandSpec family = command.parent() == null ? command : command.parent();
        names.add(name(family));
        family.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(spec -> !spec.usageMessage().hidden())
                .forEach(spec -> names.add(name(spec)));
        names.remove(name(command));
        section("SEE ALSO");
        List<String> pages = new ArrayList<>();
        names.forEach(other -> pages.add("\\fB" + plain(other) + "\\fR(1)"));
        line(String.join(",\n", pages));
    }

    private void list(String heading, String[][] items) {
        section(heading);
        for (String[] item : items) {
            item("\\fB" + plain(item[0]) + "\\fR", item[1]);
        }
    }

    private void section(String heading) {
        line(".SH " + (heading.contains(" ") ? "\"" + heading + "\"" : heading));
    }

    private void item(String tag, String text) {
        line(".TP");
        line(tag);
        line(inline(text));
    }

    /** Lines that are set in are examples, and stand as they are. */
    private void paragraphs(String[] lines) {
        boolean example = false;
        boolean pause = false;
        for (String text : lines) {
            boolean indented = text.startsWith("  ");
            if (text.isBlank()) {
                pause = true;
                continue;
            }
            if (indented != example) {
                line(indented ? ".PP\n.EX" : ".EE");
                example = indented;
            }
            if (pause && !indented) {
                line(".PP");
            }
            pause = false;
            line(indented ? plain(format(text)) : inline(format(text)));
        }
        if (example) {
            line(".EE");
        }
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    private static String format(String text) {
        return String.format(text);
    }

    private static String lowered(String sentence) {
        String text =
                sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
        return Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    /** A line of running text. */
    private static String inline(String text) {
        return plain(text.strip());
    }

    /** Text in which roff sees nothing of its own (groff_char(7)). */
    private static String plain(String text) {
        String escaped =
                text.replace("\\", "\\(rs")
                        .replace("-", "\\-")
                        .replace("'", "\\(aq")
                        .replace("`", "\\(ga")
                        .replace("^", "\\(ha")
                        .replace("~", "\\(ti")
                        .replace("…", "\\&...");
        return escaped.startsWith(".") ? "\\&" + escaped : escaped;
    }
}
