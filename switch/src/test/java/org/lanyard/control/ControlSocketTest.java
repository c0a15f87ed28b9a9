package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What programs read and write at the control socket. */
@Timeout(120)
class ControlSocketTest {
    private static final String STATUS = "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"status\"}\n";

    private final ObjectMapper json = new ObjectMapper();

    @TempDir private Path dir;
    private RunningSwitch lanyard;
    private LineClient client;

    @BeforeEach
    void start() throws Exception {
        lanyard = RunningSwitch.in(dir);
        client = new LineClient(lanyard.controlSocket());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        lanyard.close();
    }

    private JsonNode answer() throws IOException {
        return json.readTree(client.line());
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new TreeSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void shouldAnswerManyRequestsInTheirOrder() throws Exception {
        StringBuilder requests = new StringBuilder();
        for (int id = 0; id < 100; id++) {
            requests.append(String.format(STATUS, id));
        }
        client.send(requests.toString());
        for (int id = 0; id < 100; id++) {
            assertEquals(id, answer().path("id").asInt());
        }
    }

    @Test
    void shouldPutARequestTogetherFromPieces() throws Exception {
        for (byte b : String.format(STATUS, 7).getBytes(StandardCharsets.UTF_8)) {
            client.send(new byte[] {b});
        }
        assertEquals(7, answer().path("id").asInt());
    }

    @Test
    void shouldNotMindEmptyLinesAndCarriageReturns() throws Exception {
        client.send("\n\r\n  \n" + String.format(STATUS, 1).replace("\n", "\r\n"));
        assertEquals(1, answer().path("id").asInt());
    }

    @Test
    void shouldAnswerOneThatSendsNoMore() throws Exception {
        client.send(String.format(STATUS, 1) + String.format(STATUS, 2));
        client.sendNoMore();
        assertEquals(1, answer().path("id").asInt());
        assertEquals(2, answer().path("id").asInt());
        assertThrows(EOFException.class, client::line);
    }

    @Test
    void shouldBeItsOwnersAlone() throws Exception {
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(lanyard.controlSocket())));
    }

    @Test
    void shouldDescribeItself() throws Exception {
        JsonNode status = lanyard.call("status");
        assertEquals(
                Set.of(
                        "name",
                        "pid",
                        "version",
                        "protocol",
                        "runtime_dir",
                        "config",
                        "uptime",
                        "longest_turn",
                        "descriptors",
                        "control",
                        "max_ports",
                        "log_lines_left_out",
                        "ports",
                        "rx_packets",
                        "rx_bytes",
                        "tx_packets",
                        "tx_bytes",
                        "drops",
                        "fdb"),
                keys(status));
        assertEquals("lan0", status.path("name").asText());
        assertEquals(ProcessHandle.current().pid(), status.path("pid").asLong());
        assertEquals(dir.toString(), status.path("runtime_dir").asText());
        assertTrue(status.path("config").isNull());
        assertEquals(8192, status.path("fdb").path("capacity").asInt());
    }

    @Test
    void shouldShowPortsAsTheInterfaceSays() throws Exception {
        try (FrameClient guest = FrameClient.at(lanyard.path("guests.sock"))) {
            lanyard.await("guests/1", "up");
            guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "x"));
            JsonNode list =
                    Eventually.see(
                            "a frame of 60 bytes",
                            () -> lanyard.call("port.list"),
                            ports -> ports.get(1).path("rx_packets").asInt() == 1);
            for (JsonNode port : list) {
                Set<String> expected =
                        Set.of(
                                "name",
                                "kind",
                                "state",
                                "endpoint",
                                "vlan",
                                "mtu",
                                "peer",
                                "rx_packets",
                                "rx_bytes",
                                "tx_packets",
                                "tx_bytes",
                                "drops");
                assertTrue(keys(port).containsAll(expected), port::toString);
                assertTrue(
                        keys(port.path("vlan"))
                                .containsAll(Set.of("mode", "access", "native", "trunk")),
                        port::toString);
                assertEquals(Set.of("pid", "uid"), keys(port.path("peer")));
            }
            JsonNode shown =
                    lanyard.call("port.show", json.createObjectNode().put("name", "guests/1"));
            assertEquals(list.get(1), shown);
            assertEquals(60, shown.path("rx_bytes").asInt());
            assertEquals("{\"no-other-port\":1}", shown.path("drops").toString());
        }
    }

    @Test
    void shouldShowTheForwardingDatabaseAsTheInterfaceSays() throws Exception {
        try (FrameClient guest = FrameClient.at(lanyard.path("guests.sock"))) {
            guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0002L, "x"));
            guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "x"));
            JsonNode list =
                    Eventually.see(
                            "two addresses", () -> lanyard.call("fdb.list"), l -> l.size() == 2);
            assertEquals("02:00:00:00:00:01", list.get(0).path("mac").asText());
            assertEquals("02:00:00:00:00:02", list.get(1).path("mac").asText());
            for (JsonNode entry : list) {
                assertEquals(Set.of("mac", "vlan", "port", "age", "static"), keys(entry));
                assertEquals("guests/1", entry.path("port").asText());
                assertTrue(entry.path("age").isInt() && entry.path("static").isBoolean());
            }
        }
    }

    @Test
    void shouldTellWhichPortsThereAre() throws Exception {
        client.send(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"port.show\","
                        + "\"params\":{\"name\":\"gests\"}}\n");
        JsonNode error = answer().path("error");
        assertEquals(-32602, error.path("code").asInt());
        assertEquals("no port 'gests'; there are guests", error.path("message").asText());
    }

    @Test
    void shouldTellHowPortShowIsAsked() throws Exception {
        for (String params : List.of("", ",\"params\":[\"guests\"]", ",\"params\":{\"name\":5}")) {
            client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"port.show\"" + params + "}\n");
            assertEquals(-32602, answer().path("error").path("code").asInt(), params);
        }
    }

    @Test
    void shouldStopWhenAskedAndSayThatItDoes() throws Exception {
        client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"stop\"}\n");
        assertTrue(answer().path("result").path("stopping").asBoolean());
        assertThrows(EOFException.class, client::line);
        lanyard.awaitEnd();
        assertTrue(Files.notExists(dir.resolve("control.sock")), "its socket is left");
    }

    @Test
    void shouldStopForANotificationToo() throws Exception {
        client.send("{\"jsonrpc\":\"2.0\",\"method\":\"stop\"}\n");
        lanyard.awaitEnd();
    }
}
