package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.cli.Cli;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.PortConfig;
import org.lanyard.config.PortKind;
import org.lanyard.tapio.LibC;

/** Who reaches servers on the host's loopback through a user port. */
class HostLoopbackTest {
    private static final String OUT = "[ports.out]\nuser = { }\n";

    @TempDir private Path dir;

    private static boolean isReached(boolean isRoot, String listen, String out)
            throws ConfigException {
        String toml = "[ports.g]\nstream = { listen = " + listen + " }\n" + out;
        var ports = ConfigParser.parse("test.toml", toml).ports();
        PortKind.User user = (PortKind.User) HostLoopback.decide(ports, isRoot).get("out");
        for (PortConfig port : ports) {
            if (port.kind() instanceof PortKind.User asWritten) {
                assertEquals(
                        out.contains("host-loopback"), asWritten.network().loopback().isPresent());
            }
        }
        return user.network().loopback().orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'unix:g.sock'",
                "'unix:g.sock', mode = '0600'",
                "'tcp:127.0.0.1:5555'",
                "'tcp:[::1]:5555'",
                "'tcp:localhost:5555'"
            })
    void shouldBeReachedByGuestsOfAUserWhoAloneAttachesThem(String listen) throws Exception {
        assertTrue(isReached(false, listen, OUT));
        assertFalse(isReached(true, listen, OUT), "root's guests don't");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'unix:g.sock', group = 'kvm'",
                "'unix:g.sock', mode = '0660'",
                "'unix:g.sock', mode = '0606'",
                "'tcp:0.0.0.0:5555'",
                "'tcp:[::]:5555'",
                "'tcp:192.168.7.1:5555'"
            })
    void shouldNotBeReachedWhereOthersAttachGuests(String listen) throws Exception {
        assertFalse(isReached(false, listen, OUT));
        String said = OUT.replace("{ }", "{ host-loopback = true }");
        assertTrue(isReached(false, listen, said), "unless that is said");
        assertTrue(isReached(true, listen, said), "unless that is said");
        assertFalse(isReached(false, "'unix:g.sock'", said.replace("true", "false")));
    }

    @Test
    void shouldBeToldAtEachStartAndShown() throws Exception {
        try (LogLines log = LogLines.of(UserAttachment.class);
                RunningSwitch lanyard = RunningSwitch.of(OUT, dir)) {
            lanyard.await("out", "up");
            boolean open = LibC.geteuid() != 0;
            String told = open ? "guests reach this host's loopback" : "guests do not reach";
            Eventually.see(
                    "the log",
                    () -> log.lines().stream().anyMatch(line -> line.contains(told)),
                    is -> is);
            assertEquals(open, lanyard.port("out").at("/user/host_loopback").asBoolean());
            String shown = Cli.run("port", "show", "out", "--runtime-dir", dir.toString()).out();
            assertTrue(shown.contains(open ? "at 10.0.2.2" : "not the host's loopback"), shown);
            Cli set =
                    Cli.run(
                            "port",
                            "set",
                            "out",
                            "user={ host-loopback = " + !open + " }",
                            "--runtime-dir",
                            dir.toString());
            assertEquals(0, set.exitCode(), set::err);
            assertEquals(!open, lanyard.port("out").at("/user/host_loopback").asBoolean());
        }
    }
}
