package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigDiffTest {
    private static SwitchConfig parse(String text) throws ConfigException {
        return ConfigParser.parse("lab.toml", text);
    }

    private static List<String> diff(String one, String other) throws ConfigException {
        return ConfigDiff.between(parse(one), parse(other)).stream().map(Object::toString).toList();
    }

    private static final String WEB = "[ports.web]\nstream = { listen = \"unix:web.sock\" }\n";

    @Test
    void shouldFindNothingWhereOnlyTheWordsDiffer() throws Exception {
        assertEquals(
                List.of(),
                diff(
                        WEB + "isolated = false\nimpair = { delay = \"1000us\" }",
                        "# other words\n[switch]\nworkers = 1\n"
                                + "[ports]\nweb.stream.listen = \"unix:web.sock\"\n"
                                + "web.impair = { delay = \"1ms\", seed = 0 }"));
    }

    @Test
    void shouldTellWhatIsNewWhatGoesAndWhatBecomesAnother() throws Exception {
        assertEquals(
                List.of(
                        "~ [switch] mac-ageing = \"10s\" (is \"300s\")",
                        "~ [switch] workers = 2 (is 1) (restart)",
                        "+ [ports.web] vlan = { access = 7 }",
                        "~ [ports.web] isolated = true (is false)",
                        "- [ports.web] storm = { broadcast = 5 }"),
                diff(
                        WEB + "storm = { broadcast = 5 }",
                        "[switch]\nworkers = 2\nmac-ageing = \"10s\"\n"
                                + WEB
                                + "isolated = true\nvlan = { access = 7 }"));
    }

    @Test
    void shouldTellOfPortsThatComeAndGo() throws Exception {
        String lab = WEB.replace("web", "lab") + "isolated = true\nsticky-macs = false\n";
        assertEquals(
                List.of(
                        "+ [ports.lab] stream = { listen = \"unix:lab.sock\" }",
                        "+ [ports.lab] isolated = true",
                        "- [ports.web] stream = { listen = \"unix:web.sock\" }"),
                diff(WEB, lab));
    }
}
