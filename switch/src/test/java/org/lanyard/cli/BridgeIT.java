package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanyard.control.Eventually;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;
import org.lanyard.tapio.KernelBridge;
import org.lanyard.tapio.NetNamespace;

/**
 * A port in a bridge of the kernel's, in a network namespace that is this test's own. QEMU's
 * helper, its rules and /dev/net/tun are copies in a mount namespace, which each command has for
 * itself.
 */
@Timeout(300)
class BridgeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String TOML =
            """
            [ports.guests]
            stream = { listen = "unix:guests.sock" }
            [ports.lan]
            bridge = { name = "br0" }
            """;

    /** Arguments: the rules, the helper, its mode, then the command. */
    private static final String ENTER =
            """
            set -e
            mount -t tmpfs none /dev/net
            cp "$2" /dev/net/helper
            mknod -m 666 /dev/net/tun c 10 200
            mount -t tmpfs none /mnt
            cp -a /etc/. /mnt
            rm -rf /mnt/qemu
            if [ -e "$1" ]; then mkdir /mnt/qemu; cp "$1" /mnt/qemu/bridge.conf; fi
            mount --move /mnt /etc
            mount -t tmpfs none "${2%/*}"
            cp /dev/net/helper "$2"
            chmod "$3" "$2"
            shift 3
            exec "$@"
            """;

    @TempDir private Path temp;
    private NetNamespace host;
    private Nobody nobody;
    private Path rules;
    private Path helper;
    private String file;
    private final List<Program> programs = new ArrayList<>();

    @BeforeEach
    void enter() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun");
        assumeTrue(KernelBridge.program().isPresent(), "needs qemu-bridge-helper");
        helper = KernelBridge.program().get();
        host = NetNamespace.create();
        host.exec("ip", "link", "add", "name", "br0", "type", "bridge");
        host.exec("ip", "address", "add", "10.9.8.1/24", "dev", "br0");
        host.exec("ip", "link", "set", "br0", "up");
        host.exec("ip", "link", "add", "name", "v0", "type", "veth", "peer", "name", "v1");
        nobody = Nobody.in(temp);
        file = nobody.file("lab.toml", TOML);
        rules = Files.writeString(temp.resolve("bridge.conf"), "allow br0\n");
        Files.writeString(temp.resolve("enter.sh"), ENTER);
    }

    @AfterEach
    void leave() throws IOException {
        for (Program program : programs) {
            program.cleanUp();
        }
        if (nobody != null) {
            nobody.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private List<String> entering(String mode) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", host.name()));
        words.addAll(List.of("sh", temp.resolve("enter.sh").toString()));
        words.addAll(List.of(rules.toString(), helper.toString(), mode));
        return words;
    }

    private Program root() {
        Program program = Program.in(temp.resolve("root"));
        programs.add(program);
        return program.behind(entering("4755").toArray(String[]::new));
    }

    private Program user(String helperMode) {
        Program program = nobody.programBehind(entering(helperMode), "lan0");
        programs.add(program);
        return program;
    }

    private void assertReaches(Program lanyard) throws Exception {
        String netdev =
                "stream,id=n0,server=off,addr.type=unix,addr.path=" + lanyard.path("guests.sock");
        Nic nic = Nic.virtio(netdev, "52:54:00:00:00:02");
        try (LinuxGuest guest = LinuxGuest.named("guest").nic(nic).boot()) {
            guest.outputOf("ip address add 10.9.8.2/24 dev eth0; ip link set eth0 up", PATIENCE);
            String said = guest.outputOf("ping -c 5 -i 0.2 10.9.8.1", PATIENCE);
            assertTrue(said.contains(" 0% packet loss"), said);
        }
        JsonNode port =
                new ObjectMapper().readTree(lanyard.succeed("port", "show", "lan", "--json").out());
        assertEquals("bridge", port.path("kind").asText());
        assertEquals("bridge:br0", port.path("endpoint").asText());
        assertEquals("up", port.path("state").asText());
    }

    private String taps() throws IOException {
        return host.exec("ip", "-brief", "link", "show", "type", "tun");
    }

    @Test
    void shouldLetARootSwitchIntoABridge() throws Exception {
        Files.delete(rules); // they are for others
        Program lanyard = root();
        lanyard.succeed("start", "--config", file);
        assertReaches(lanyard);
        lanyard.succeed("stop");
        assertEquals("", taps());
    }

    @Test
    void shouldLetAUsersSwitchIntoABridgeByQemusHelper() throws Exception {
        Program lanyard = user("4755");
        lanyard.succeed("start", "--config", file);
        assertTrue(taps().contains("tap0"));
        assertReaches(lanyard);
        lanyard.succeed("stop");
        assertEquals("", taps());
    }

    @Test
    void shouldAskTheHelperThatTheConfigurationNamesThoughItIsRoot() throws Exception {
        String named = TOML.replace("\"br0\"", "\"br0\", helper = \"" + helper + "\"");
        Program lanyard = root();
        lanyard.succeed("start", "--config", nobody.file("named.toml", named));
        assertTrue(taps().contains("tap0"));
        lanyard.succeed("stop");
        Files.writeString(rules, "deny all\n");
        Program.Ended refused = lanyard.run("start", "--config", nobody.file("n.toml", named));
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains("line 1, says 'deny all'"), refused::err);
    }

    @Test
    void shouldLeaveNoTapBehindWhenItIsKilled() throws Exception {
        Program lanyard = user("4755");
        lanyard.succeed("start", "--config", file);
        lanyard.kill();
        Eventually.see("no TAP", this::taps, String::isEmpty);
        lanyard.succeed("start", "--config", file);
        assertTrue(taps().contains("tap0"));
    }

    @Test
    void shouldComeBackToABridgeAfterItsTapWasDeleted() throws Exception {
        Program lanyard = user("4755");
        lanyard.succeed("start", "--config", file);
        host.exec("ip", "link", "delete", "dev", "tap0");
        awaitLog(lanyard, "WARN  port lan down: the interface was deleted");
        Eventually.see("a TAP again", this::taps, taps -> taps.contains("tap0"));
        assertReaches(lanyard);
    }

    /**
     * What is left of the port then is a TAP in no bridge, of which its descriptor tells nothing.
     */
    @Test
    void shouldComeBackToABridgeThatWasDeletedAndMadeAgain() throws Exception {
        Program lanyard = root();
        lanyard.succeed("start", "--config", file);
        String dir = lanyard.dir().toString();
        host.exec("ip", "link", "delete", "dev", "br0");
        awaitLog(lanyard, "WARN  port lan down: bridge br0 was deleted");
        Eventually.see(
                "why it stays down",
                () -> Cli.run("port", "show", "lan", "--runtime-dir", dir).out(),
                shown -> shown.contains("there is no interface 'br0'"));
        assertEquals("", taps());
        host.exec("ip", "link", "add", "name", "br0", "type", "bridge");
        host.exec("ip", "address", "add", "10.9.8.1/24", "dev", "br0");
        host.exec("ip", "link", "set", "br0", "up");
        Eventually.see("a TAP again", this::taps, taps -> taps.contains("tap0"));
        host.exec("ip", "link", "set", "tap0", "nomaster");
        awaitLog(lanyard, "WARN  port lan down: TAP tap0 is no longer in bridge br0");
        Eventually.see(
                "it in the bridge again",
                () -> host.exec("ip", "-brief", "link", "show", "master", "br0"),
                ports -> ports.contains("tap0"));
    }

    private static void awaitLog(Program lanyard, String line) throws Exception {
        Eventually.see(
                line,
                () -> Files.readString(lanyard.path("lanyard.log")),
                log -> log.contains(line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "allow br1; 4755; br0; /etc/qemu/bridge.conf does not allow br0; as root: echo",
                "allow all|deny br0; 4755; br0; /etc/qemu/bridge.conf, line 2, says 'deny br0'",
                "allow br0|hello; 4755; br0; /etc/qemu/bridge.conf, line 2: 'hello' is no rule",
                "-; 4755; br0; there is no /etc/qemu/bridge.conf",
                "allow br0; 0755; br0; it is not setuid root",
                "allow br9; 4755; br9; there is no interface 'br9'; make the bridge",
                "allow v0; 4755; v0; 'v0' is no bridge"
            })
    void shouldExplainWhyAUserIsRefused(String lines, String mode, String bridge, String told)
            throws Exception {
        if (lines.equals("-")) {
            Files.delete(rules);
        } else {
            Files.writeString(rules, lines.replace('|', '\n') + "\n");
        }
        String toml = nobody.file("refused.toml", TOML.replace("br0", bridge));
        Program lanyard = user(mode);
        Program.Ended refused = lanyard.run("start", "--config", toml);
        assertEquals(1, refused.exitCode(), refused::err);
        String place = "lanyard: port lan: bridge " + bridge + ": " + helper + ": ";
        assertTrue(refused.err().startsWith(place), refused::err);
        assertTrue(refused.err().contains(told), refused::err);
        assertFalse(Files.exists(lanyard.path("control.sock")));
        assertEquals("", taps());
    }
}
