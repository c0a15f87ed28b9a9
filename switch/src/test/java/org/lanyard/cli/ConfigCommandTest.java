package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.RunningSwitch;

class ConfigCommandTest {
    private static final String GOOD =
            """
            [switch]
            name = "lab"

            [ports.web]
            stream = { listen = "unix:web.sock" }
            vlan = { access = 7 }
            """;

    @TempDir private Path dir;

    private Path file(String text) throws IOException {
        return Files.writeString(dir.resolve("lab.toml"), text);
    }

    private Cli lanyard(String... words) {
        String[] all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "--runtime-dir";
        all[words.length + 1] = dir.resolve("run").toString();
        return Cli.run(all);
    }

    @Test
    void shouldCheckAFileWithoutASwitch() throws Exception {
        Path good = file(GOOD);
        Cli cli = Cli.run("config", "check", good.toString());
        assertEquals(0, cli.exitCode(), cli::err);
        assertEquals(good + ": good: switch lab, 1 port" + System.lineSeparator(), cli.out());

        Path bad = file(GOOD + "isolatde = true\nstorm = 5\n");
        cli = Cli.run("config", "check", bad.toString());
        assertEquals(4, cli.exitCode());
        assertEquals(
                bad
                        + ":7:1: unknown key 'isolatde' (did you mean 'isolated'?)\n"
                        + bad
                        + ":8:1: storm is a number, not a table such as { broadcast = 100 }"
                        + System.lineSeparator(),
                cli.err());
        assertEquals(4, Cli.run("config", "check", dir.resolve("none.toml").toString()).exitCode());

        cli = Cli.run("config", "check", "--json", bad.toString());
        assertEquals(4, cli.exitCode());
        JsonNode answer = new ObjectMapper().readTree(cli.out());
        assertEquals(false, answer.path("good").asBoolean());
        assertEquals(7, answer.path("errors").path(0).path("line").asInt());
        assertEquals(1, answer.path("errors").path(0).path("column").asInt());
        assertEquals(2, answer.path("errors").size());
        cli = Cli.run("config", "check", "--json", file(GOOD).toString());
        assertEquals(0, cli.exitCode());
        assertEquals("[]", new ObjectMapper().readTree(cli.out()).path("errors").toString());
    }

    @Test
    void shouldPrintTheSchema() throws Exception {
        Cli cli = Cli.run("config", "schema");
        assertEquals(0, cli.exitCode(), cli::err);
        assertEquals(Files.readString(Path.of("..", "conf", "lanyard.schema.json")), cli.out());
    }

    @Test
    void shouldShowWhatASwitchRunsWithAndWhatAFileWouldChange() throws Exception {
        Path file = file(GOOD);
        try (RunningSwitch running = RunningSwitch.of(GOOD, dir.resolve("run"))) {
            assertTrue(running.path("control.sock").toFile().exists());
            assertEquals(
                    "the switch runs with just that" + System.lineSeparator(),
                    lanyard("config", "diff", file.toString()).out());

            assertEquals(0, lanyard("port", "set", "web", "isolated=true").exitCode());
            Cli diff = lanyard("config", "diff", file.toString());
            assertEquals(
                    "~ [ports.web] isolated = false (is true)" + System.lineSeparator(),
                    diff.out());
            JsonNode change =
                    new ObjectMapper()
                            .readTree(lanyard("config", "diff", file.toString(), "--json").out());
            assertEquals("isolated", change.path(0).path("key").asText());

            Cli show = lanyard("config", "show");
            assertTrue(show.out().contains("isolated = true"), show::out);
            assertTrue(show.out().contains("mac-ageing = \"300s\""), show::out);
            JsonNode shown = new ObjectMapper().readTree(lanyard("config", "show", "--json").out());
            assertEquals(
                    7,
                    shown.path("config")
                            .path("ports")
                            .path("web")
                            .path("vlan")
                            .path("access")
                            .asInt());

            Files.writeString(dir.resolve("shown.toml"), show.out());
            assertEquals(
                    "the switch runs with just that" + System.lineSeparator(),
                    lanyard("config", "diff", dir.resolve("shown.toml").toString()).out());
            assertEquals(4, lanyard("config", "diff", file("[swtich]").toString()).exitCode());

            Path next = file(GOOD.replace("access = 7", "access = 8"));
            String vlan = "~ [ports.web] vlan = { access = 8 } (is { access = 7 })";
            Cli dry = lanyard("config", "apply", next.toString(), "--dry-run");
            assertTrue(dry.out().startsWith(vlan), dry::out);
            Cli applied = lanyard("config", "apply", next.toString());
            assertEquals(0, applied.exitCode(), applied::err);
            assertEquals(dry.out(), applied.out());
            assertEquals(
                    "the switch runs with just that" + System.lineSeparator(),
                    lanyard("config", "apply").out());
            assertEquals(4, lanyard("config", "apply", file("[swtich]").toString()).exitCode());
            Cli later = lanyard("config", "diff", file("[switch]\nworkers = 2\n").toString());
            assertTrue(
                    later.out().startsWith("~ [switch] workers = 2 (is 1) (restart)"), later::out);
            Cli other = lanyard("config", "apply", file("[switch]\nworkers = 2\n").toString());
            assertEquals(1, other.exitCode());
            assertTrue(other.err().contains("can't change while it runs"), other::err);

            Cli added = lanyard("port", "add", "cay", "stream={ listen='unix:cay.sock' }");
            assertEquals(0, added.exitCode(), added::err);
            assertTrue(added.out().startsWith("port cay is listening: unix:"), added::out);
            assertEquals(
                    "port cay is removed" + System.lineSeparator(),
                    lanyard("port", "remove", "cay").out());
        }
    }
}
