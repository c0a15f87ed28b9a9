package org.lanyard.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;
import org.lanyard.control.RunningSwitch;

/** What people and programs read: tables by default, JSON when they ask for it. */
@Timeout(120)
class OutputTest {
    private final ObjectMapper json = new ObjectMapper();

    @TempDir private Path dir;
    private RunningSwitch lanyard;
    private FrameClient guest;

    /** A guest that has sent one frame to nobody. */
    @BeforeEach
    void start() throws Exception {
        lanyard = RunningSwitch.in(dir);
        guest = FrameClient.at(lanyard.path("guests.sock"));
        guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "x"));
        Eventually.see(
                "an address in the table",
                () -> out("fdb", "list", "--json"),
                text -> text.contains("02:00:00:00:00:01"));
    }

    @AfterEach
    void stop() throws Exception {
        guest.close();
        lanyard.close();
    }

    private String out(String... words) {
        Stream<String> all =
                Stream.concat(Stream.of(words), Stream.of("--runtime-dir", dir.toString()));
        Cli cli = Cli.run(all.toArray(String[]::new));
        assertEquals(0, cli.exitCode(), cli::err);
        return cli.out();
    }

    private JsonNode json(String... words) throws Exception {
        return json.readTree(out(words));
    }

    private static void assertMatches(String pattern, String text) {
        assertTrue(
                Pattern.compile(pattern).matcher(text).matches(),
                () -> "expected\n" + pattern + "\nbut it was\n" + text);
    }

    @Test
    void shouldListPortsInATable() {
        String me = "pid " + ProcessHandle.current().pid();
        assertMatches(
                "PORT      KIND    STATE      RX FRAMES  TX FRAMES  DROPPED  ENDPOINT\n"
                        + "guests    stream  listening  -          -          -        unix:\\S+\n"
                        + "guests/1  stream  up         1          0          1        unix:\\S+\n",
                out("port", "list"));
        assertTrue(out("port", "show", "guests/1").contains(me));
    }

    @Test
    void shouldShowOnePort() {
        assertMatches(
                "port +guests/1\n"
                        + "kind +stream\n"
                        + "state +up\n"
                        + "endpoint +unix:\\S+\n"
                        + "vlan +access 1\n"
                        + "peer +pid [0-9]+, uid [0-9]+\n"
                        + "received +1 frames, 60 bytes\n"
                        + "sent +0 frames, 0 bytes\n"
                        + "dropped +1 no-other-port\n",
                out("port", "show", "guests/1"));
    }

    @Test
    void shouldListTheForwardingDatabaseInATable() {
        assertMatches(
                "MAC                VLAN  PORT      AGE\n"
                        + "02:00:00:00:00:01  1     guests/1  [0-9]+ s\n",
                out("fdb", "list"));
    }

    @Test
    void shouldShowTheSwitch() {
        assertMatches(
                "switch +lan0 \\S+, pid [0-9]+, up 0:00:[0-9]{2}\n"
                        + "runtime +\\S+\n"
                        + "ports +1 up, 0 down, 1 listening\n"
                        + "received +1 frames, 60 bytes\n"
                        + "sent +0 frames, 0 bytes\n"
                        + "dropped +1 no-other-port\n"
                        + "addresses +1 of 8192\n",
                out("status"));
    }

    @Test
    void shouldShowThatClientsWereEndedAndWhy() throws Exception {
        var address = UnixDomainSocketAddress.of(lanyard.path("control.sock"));
        try (SocketChannel client = SocketChannel.open(address)) {
            ByteBuffer line = ByteBuffer.wrap("x".repeat((1 << 20) + 1).getBytes(US_ASCII));
            assertThrows(
                    IOException.class,
                    () -> {
                        for (int i = 0; i < 64; i++) {
                            client.write(line.rewind());
                        }
                    });
        }
        assertMatches("(?s).*\nclients +1, and ended: 1 long-line\n.*", out("status"));
    }

    @Test
    void shouldGiveTheSwitchAsJson() throws Exception {
        JsonNode status = json("status", "--json");
        assertEquals("lan0", status.path("name").asText());
        assertEquals(ProcessHandle.current().pid(), status.path("pid").asLong());
        assertTrue(status.path("version").isTextual());
        assertTrue(status.path("uptime").isIntegralNumber());
        assertEquals("{\"up\":1,\"down\":0,\"listening\":1}", status.path("ports").toString());
        assertEquals(1, status.path("rx_packets").asInt());
        assertEquals(60, status.path("rx_bytes").asInt());
        assertEquals(0, status.path("tx_packets").asInt());
        assertEquals(0, status.path("tx_bytes").asInt());
    }

    @Test
    void shouldGivePortsAsJson() throws Exception {
        JsonNode ports = json("port", "list", "--json");
        assertTrue(ports.isArray());
        for (JsonNode port : ports) {
            for (String text : List.of("name", "kind", "state", "endpoint")) {
                assertTrue(port.path(text).isTextual(), () -> text + " in " + port);
            }
            for (String number :
                    List.of("mtu", "rx_packets", "rx_bytes", "tx_packets", "tx_bytes")) {
                assertTrue(port.path(number).isIntegralNumber(), () -> number + " in " + port);
            }
            Set<String> vlan = new HashSet<>();
            port.path("vlan").fieldNames().forEachRemaining(vlan::add);
            assertTrue(vlan.containsAll(Set.of("mode", "access", "native", "trunk")));
            assertTrue(port.path("peer").has("pid") && port.path("peer").has("uid"));
            assertTrue(port.path("drops").isObject());
        }
        assertEquals(ports.get(1), json("port", "show", "guests/1", "--json"));
    }

    @Test
    void shouldGiveTheForwardingDatabaseAsJson() throws Exception {
        JsonNode entries = json("fdb", "list", "--json");
        assertEquals(1, entries.size());
        JsonNode entry = entries.get(0);
        assertEquals("02:00:00:00:00:01", entry.path("mac").asText());
        assertTrue(entry.path("vlan").isInt());
        assertEquals("guests/1", entry.path("port").asText());
        assertTrue(entry.path("age").isInt());
        assertEquals("false", entry.path("static").toString());
    }

    @Test
    void shouldWriteNoColoursIntoAPipe() {
        String all = out("port", "list") + out("status") + out("fdb", "list") + out("attach");
        assertEquals(-1, all.indexOf('\u001b'), all);
    }

    @Test
    void shouldPrintWhatAGuestNeeds() {
        assertMatches(
                "-netdev stream,id=n0,server=off,addr\\.type=unix,addr\\.path="
                        + Pattern.quote(dir + "/guests.sock")
                        + "\\S* \\\\\n"
                        + "-device virtio-net-pci,netdev=n0,mac=[0-9a-f:]{17}\n",
                out("attach"));
        assertEquals(out("attach").split("mac=")[0], out("attach", "guests").split("mac=")[0]);
    }

    @Test
    void shouldMakeEachMacAddressFreshAndLocallyAdministered() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            String mac = Cli.run("mac").out().strip();
            assertMatches("[0-9a-f]{2}(:[0-9a-f]{2}){5}", mac);
            int first = Integer.parseInt(mac.substring(0, 2), 16);
            assertEquals(2, first & 3, "locally administered, one station: " + mac);
            seen.add(mac);
        }
        assertTrue(seen.size() > 95, () -> "only " + seen.size() + " of 100 differ");
    }
}
