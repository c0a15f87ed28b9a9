package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.control.RunningSwitch;
import org.lanyard.control.RuntimeDir;

/** 0 done, 1 failed, 2 usage, 3 no such running switch, 4 invalid configuration. */
@Timeout(120)
class ExitCodeTest {
    @TempDir private Path dir;

    /** The words, split at spaces, about the switch in the test's directory. */
    private Cli lanyard(String words, String... more) {
        Stream<String> all =
                Stream.of(
                                Arrays.stream(words.split(" ")),
                                Stream.of("--runtime-dir", dir.toString()),
                                Arrays.stream(more))
                        .flatMap(part -> part);
        return Cli.run(all.toArray(String[]::new));
    }

    private static void assertEnded(int code, String err, Cli cli) {
        assertEquals(err, cli.err().strip());
        assertEquals(code, cli.exitCode(), () -> cli.out() + cli.err());
        if (code != ExitCode.DONE) {
            assertEquals("", cli.out(), "what failed has no result");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "status --json",
                "stop",
                "restart",
                "reload",
                "port list",
                "port list --json",
                "port show guests",
                "port set guests isolated=true",
                "events",
                "capture",
                "capture web/1 -w -",
                "top",
                "top --count 1 --json",
                "config show",
                "fdb list",
                "vlan list",
                "mirror list",
                "attach",
                "attach guests"
            })
    void shouldReturn3WhenNoSwitchIsRunning(String words) {
        assertEnded(
                3,
                "lanyard: no switch is running in "
                        + dir
                        + " (No such file or directory); start one with: lanyard start, or pick"
                        + " another with --name or --runtime-dir",
                lanyard(words));
    }

    @Test
    void shouldLookForANamedSwitchWhereStartWouldPutIt() {
        Cli cli = Cli.run("status", "--name", "no-such-switch");
        Path expected = RuntimeDir.ofName("no-such-switch", System.getenv()).path();
        assertTrue(
                cli.err().startsWith("lanyard: no switch is running in " + expected + " ("),
                cli::err);
        assertEquals(3, cli.exitCode());
    }

    @Test
    void shouldReturn3WhenADeadSwitchLeftItsSocket() throws Exception {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(dir.resolve("control.sock")));
        }
        Cli cli = lanyard("status");
        assertEquals(3, cli.exitCode());
        assertTrue(cli.err().contains("(Connection refused)"), cli.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "status --json",
                "port list",
                "port list --json",
                "port show guests",
                "port set guests isolated=true",
                "port show guests --json",
                "port set guests impair={delay='5ms'} storm={broadcast=5} --unset limit,vlan",
                "port set guests isolated=true --json",
                "config show",
                "config show --json",
                "fdb list",
                "vlan list",
                "mirror list",
                "fdb list --json",
                "vlan list --json",
                "attach",
                "attach guests",
                "attach guests --format qemu",
                "top --count 1 --interval 0.1",
                "top --count 2 --interval 0.1 --json"
            })
    void shouldReturn0WhenARunningSwitchAnswers(String words) throws Exception {
        try (RunningSwitch running = RunningSwitch.in(dir)) {
            Cli cli = lanyard(words);
            assertEnded(0, "", cli);
            assertTrue(!cli.out().isBlank() && running.path("x") != null);
        }
    }

    @Test
    void shouldReturn0ForWhatNeedsNoSwitch() {
        assertEnded(0, "", Cli.run("mac"));
        assertEnded(0, "", lanyard("doctor"));
        assertEnded(0, "", lanyard("doctor --json"));
        assertEnded(0, "", Cli.run("--help"));
        assertEnded(0, "", Cli.run("--version"));
        assertEnded(0, "", Cli.run("help"));
        assertEnded(0, "", Cli.run("help", "start"));
    }

    @Test
    void shouldReturn1ForAHostOnWhichNoSwitchRuns() {
        Cli cli = Cli.run("doctor", "--runtime-dir", "/dev/null/lan0");
        assertEquals(1, cli.exitCode());
        assertTrue(cli.out().contains("bad   runtime     you may not write to"), cli::out);
    }

    @Test
    void shouldReturn2ForAReloadWithoutAFile() throws Exception {
        try (RunningSwitch running = RunningSwitch.in(dir)) {
            assertEnded(
                    2,
                    "lanyard: the switch runs without a file; name one to apply",
                    lanyard("reload"));
            assertTrue(running.path("x") != null);
        }
    }

    @Test
    void shouldReturn1WhenTheSwitchRefuses() throws Exception {
        try (RunningSwitch running = RunningSwitch.in(dir)) {
            assertEnded(1, "lanyard: no port 'web'; there are guests", lanyard("port show web"));
            assertEnded(1, "lanyard: no port 'web'; there are guests", lanyard("attach web"));
            assertEnded(
                    1, "lanyard: no port 'web'; there are guests", lanyard("capture guests web"));
            assertTrue(running.path("x") != null);
        }
    }

    @Test
    void shouldReturn1WhenNoGuestCanConnectToAPort() throws Exception {
        String toml = "[ports.peer]\nstream = { connect = \"unix:" + dir.resolve("none") + "\" }\n";
        try (RunningSwitch running = RunningSwitch.of(toml, dir)) {
            assertEnded(
                    1,
                    "lanyard: port peer is no listening port, so no guest can connect to it",
                    lanyard("attach peer"));
            assertTrue(running.path("x") != null);
        }
    }

    @Test
    void shouldReturn1ForAProgramThatIsNoQemu() throws Exception {
        try (RunningSwitch running = RunningSwitch.in(dir)) {
            assertEnded(
                    1,
                    "lanyard: /bin/true does not tell a QEMU version",
                    lanyard("attach --qemu /bin/true"));
            assertTrue(running.path("x") != null);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bogus",
                "--bogus",
                "port",
                "port bogus",
                "port show",
                "port show a b",
                "fdb",
                "fdb bogus",
                "status bogus",
                "capture --vlan x",
                "capture --count",
                "top bogus",
                "top --interval x",
                "top --interval 0",
                "status --bogus",
                "start --config",
                "attach --format bogus",
                "attach a b",
                "stop now"
            })
    void shouldReturn2ForWordsThatItDoesNotKnow(String words) {
        Cli cli = Cli.run(words.isEmpty() ? new String[0] : words.split(" "));
        assertEquals(2, cli.exitCode(), () -> cli.out() + cli.err());
        assertTrue(!cli.err().isBlank() && cli.out().isEmpty(), cli::out);
    }

    @Test
    void shouldReturn2ForANameThatIsNone() {
        for (String command : new String[] {"status", "start", "stop"}) {
            assertEnded(
                    2,
                    "lanyard: '../x' is no name: 1 to 63 letters, digits, '_', '.' or '-', the"
                            + " first a letter or digit",
                    Cli.run(command, "--name", "../x"));
        }
    }

    @Test
    void shouldReturn4ForABrokenConfigurationAndTellOnlyItsErrors() throws IOException {
        Path file = dir.resolve("lab.toml");
        Files.writeString(file, "[switch]\nnmae = \"lab\"\nworkers = \"two\"\n[prots]\n");
        for (String command : new String[] {"run", "start"}) {
            Cli cli = lanyard(command, "--config", file.toString());
            assertEquals(4, cli.exitCode(), cli::err);
            assertEquals(3, cli.err().lines().count(), cli::err);
            assertTrue(cli.err().lines().allMatch(line -> line.startsWith(file + ":")), cli::err);
            assertTrue(
                    cli.err().startsWith(file + ":2:1: unknown key 'nmae' (did you mean 'name'?)"),
                    cli::err);
        }
        assertTrue(Files.notExists(dir.resolve("control.sock")));
        assertTrue(Files.notExists(dir.resolve("lanyard.log")), "nothing was begun");
    }

    @Test
    void shouldReturn4ForAConfigurationThatCanNotBeRead() {
        String none = dir.resolve("none.toml").toString();
        assertEnded(4, none + ": no such file", lanyard("start", "--config", none));
        assertEnded(4, dir + ": Is a directory", lanyard("start", "--config", dir.toString()));
    }

    @Test
    void shouldNotEndAGoodSwitchForABadFile() throws Exception {
        Path file = dir.resolve("lab.toml");
        Files.writeString(file, "[switch]\nnmae = \"lab\"\n");
        try (RunningSwitch running = RunningSwitch.in(dir)) {
            assertEnded(
                    4,
                    file + ":2:1: unknown key 'nmae' (did you mean 'name'?)",
                    lanyard("restart", "--config", file.toString()));
            assertEnded(0, "", lanyard("status"));
            assertTrue(running.path("x") != null);
        }
    }
}
