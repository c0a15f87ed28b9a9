package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.tapio.NetNamespace;

/** The host's TAP, in a network namespace that is this test's own. */
@Timeout(300)
class TapIT {
    private static final byte[] GUEST = {10, 9, 8, 2};

    private static final String TOML =
            """
            [ports.guests]
            stream = { listen = "unix:guests.sock" }
            [ports.host]
            tap = { name = "lan0", address = ["10.9.8.1/24", "fd09::1/64"], mtu = 1400 }
            """;

    @TempDir private Path temp;
    private NetNamespace host;
    private Program lanyard;
    private String file;

    @BeforeEach
    void enter() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun");
        host = NetNamespace.create();
        lanyard = Program.in(temp.resolve("lan0")).behind("ip", "netns", "exec", host.name());
        file = Files.writeString(temp.resolve("lab.toml"), TOML).toString();
    }

    @AfterEach
    void leave() throws IOException {
        if (host != null) {
            lanyard.cleanUp();
            host.close();
        }
    }

    private JsonNode port(String name) throws Exception {
        return new ObjectMapper().readTree(lanyard.succeed("port", "show", name, "--json").out());
    }

    private void assertPinged() throws Exception {
        try (PingableGuest guest = PingableGuest.at(lanyard.path("guests.sock"), GUEST)) {
            // The kernel may notice the TAP's carrier a second late: the first does not count.
            host.exec("ping", "-n", "-c", "1", "-w", "20", "10.9.8.2");
            String said = host.exec("ping", "-n", "-c", "3", "-i", "0.2", "-w", "20", "10.9.8.2");
            assertTrue(said.contains(" 0% packet loss"), said);
            assertTrue(guest != null);
        }
    }

    @Test
    void shouldConnectTheHostWithTheGuests() throws Exception {
        lanyard.succeed("start", "--config", file);
        String link = host.exec("ip", "address", "show", "dev", "lan0");
        assertTrue(link.contains(" mtu 1400 "), link);
        assertTrue(link.contains("inet 10.9.8.1/24"), link);
        assertTrue(link.contains("inet6 fd09::1/64"), link);
        assertPinged();
        JsonNode port = port("host");
        assertEquals("tap", port.path("kind").asText());
        assertEquals("up", port.path("state").asText());
        assertEquals("tap:lan0", port.path("endpoint").asText());
        assertEquals(1400, port.path("mtu").asInt());
        assertTrue(port.path("rx_packets").asLong() >= 3, port::toString);
        assertTrue(port.path("tx_packets").asLong() >= 3, port::toString);
    }

    @Test
    void shouldBringATapBackThatSomebodyDeleted() throws Exception {
        lanyard.succeed("start", "--config", file);
        assertPinged();
        host.exec("ip", "link", "delete", "dev", "lan0");
        Eventually.see(
                "the port down",
                () -> Files.readString(lanyard.path("lanyard.log")),
                log -> log.contains("WARN  port host down: the interface was deleted"));
        Eventually.see(
                "the port up again", () -> port("host").path("state").asText(), "up"::equals);
        String link = host.exec("ip", "address", "show", "dev", "lan0");
        assertTrue(link.contains(" mtu 1400 ") && link.contains("inet 10.9.8.1/24"), link);
        assertPinged();
    }

    @Test
    void shouldTakeItsTapAwayAtTheEnd() throws Exception {
        lanyard.succeed("start", "--config", file);
        host.exec("ip", "link", "show", "dev", "lan0");
        lanyard.succeed("stop");
        assertThrows(IOException.class, () -> host.exec("ip", "link", "show", "dev", "lan0"));
    }

    @Test
    void shouldLeaveATapThatWasThereBefore() throws Exception {
        host.exec("ip", "tuntap", "add", "dev", "lan0", "mode", "tap");
        lanyard.succeed("start", "--config", file);
        assertPinged();
        lanyard.succeed("stop");
        host.exec("ip", "link", "show", "dev", "lan0");
    }

    @Test
    void shouldTellThatAnotherSwitchHasTheTap() throws Exception {
        lanyard.succeed("start", "--config", file);
        Path second = temp.resolve("second");
        Program.Ended refused =
                lanyard.run("start", "--config", file, "--runtime-dir", second.toString());
        assertEquals(1, refused.exitCode());
        assertTrue(
                refused.err().startsWith("lanyard: port host: attach to TAP lan0: "), refused::err);
        assertTrue(refused.err().contains("another process holds it"), refused::err);
        assertFalse(Files.exists(second.resolve("control.sock")));
        assertFalse(Files.exists(second.resolve("guests.sock")));
        assertPinged();
    }

    @Test
    void shouldTellThatAnInterfaceIsNoTap() throws Exception {
        String loopback = TOML.replace("\"lan0\"", "\"lo\"");
        Files.writeString(Path.of(file), loopback);
        Program.Ended refused = lanyard.run("start", "--config", file);
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().startsWith("lanyard: port host: "), refused::err);
        assertTrue(refused.err().contains("no plain TAP"), refused::err);
        assertFalse(Files.exists(lanyard.path("control.sock")));
    }
}
