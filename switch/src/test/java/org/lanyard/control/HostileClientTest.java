package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of the control socket that do harm, by intent or not: the others notice nothing. */
@Timeout(240)
class HostileClientTest {
    private static final String LIST = "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"port.list\"}\n";
    private static final int LONGEST_LINE = 1 << 20;

    @TempDir private Path dir;
    private RunningSwitch lanyard;
    private LogLines log;

    @BeforeEach
    void start() throws Exception {
        log = LogLines.of(RpcServer.class);
        lanyard = RunningSwitch.in(dir);
    }

    @AfterEach
    void stop() {
        lanyard.close();
        log.close();
    }

    private LineClient client() throws IOException {
        return new LineClient(lanyard.controlSocket());
    }

    private void assertOthersAreAnswered() throws IOException {
        assertEquals("lan0", lanyard.call("status").path("name").asText());
    }

    private void awaitLogged(String line) throws Exception {
        Eventually.see(line, log::lines, lines -> lines.contains(line));
    }

    @Test
    void shouldAnswerGarbageWithAnErrorAndGoOn() throws Exception {
        byte[] garbage = new byte[60_000];
        new Random(1).nextBytes(garbage);
        for (int i = 0; i < garbage.length; i++) {
            garbage[i] = garbage[i] == 0 || garbage[i] == '\n' ? (byte) 0xff : garbage[i];
        }
        garbage[garbage.length - 1] = '\n';
        try (LineClient client = client()) {
            client.send(garbage);
            assertTrue(client.line().contains("\"code\":-32700"));
            client.send(String.format(LIST, 5));
            assertTrue(client.line().contains("\"id\":5"));
            assertOthersAreAnswered();
        }
    }

    @Test
    void shouldWaitForTheRestOfHalfAMessageWithoutKeepingOthersWaiting() throws Exception {
        try (LineClient client = client()) {
            client.send("{\"jsonrpc\":\"2.0\",\"id\":1,");
            assertOthersAreAnswered();
            client.send("\"method\":\"port.list\"}\n");
            assertTrue(client.line().contains("\"id\":1"));
            client.send("{\"jsonrpc\"");
        }
        awaitLogged("WARNING control client closed: it left in the middle of a line");
        assertOthersAreAnswered();
    }

    @Test
    void shouldCloseAClientWhoseLineDoesNotEnd() throws Exception {
        byte[] piece = new byte[64 << 10];
        Arrays.fill(piece, (byte) 'x');
        long sent = 0;
        try (LineClient client = client()) {
            while (sent < 100 << 20) {
                int taken = client.send(piece);
                sent += taken;
                if (taken == 0) {
                    assertOthersAreAnswered();
                }
            }
        } catch (IOException closed) {
            assertTrue(String.valueOf(closed.getMessage()).length() > 0);
        }
        assertTrue(sent < 16 << 20, "it took " + sent + " bytes");
        assertTrue(sent >= LONGEST_LINE, "it took only " + sent + " bytes");
        awaitLogged("WARNING control client closed: a line of more than 1048576 bytes");
        assertOthersAreAnswered();
    }

    @Test
    void shouldTakeALineOfAMebibyte() throws Exception {
        byte[] line = new byte[LONGEST_LINE + 1];
        Arrays.fill(line, (byte) ' ');
        byte[] request = String.format(LIST, 9).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(request, 0, line, line.length - request.length, request.length);
        try (LineClient client = client()) {
            sendAll(client, line);
            assertTrue(client.line().contains("\"id\":9"));
        }
    }

    /** Nothing is read from it while an answer waits, so its own requests stay in the kernel. */
    @Test
    void shouldHoldBackAClientThatDoesNotReadAndLoseNoAnswer() throws Exception {
        try (LineClient client = client()) {
            int requests = 0;
            int refusals = 0;
            while (refusals < 100) {
                byte[] request = String.format(LIST, requests).getBytes(StandardCharsets.UTF_8);
                int taken = client.send(request);
                if (taken == 0) {
                    refusals++;
                    assertOthersAreAnswered();
                } else {
                    assertEquals(request.length, taken, "the test needs whole requests");
                    requests++;
                    assertTrue(requests < 1_000_000, "it takes requests without end");
                }
            }
            for (int id = 0; id < requests; id++) {
                assertEquals(id, new ObjectMapper().readTree(client.line()).path("id").asInt());
            }
        }
        assertEquals(List.of(), log.lines());
    }

    @Test
    void shouldOutliveClientsThatLeaveWithoutReading() throws Exception {
        for (int i = 0; i < 100; i++) {
            try (LineClient client = client()) {
                for (int request = 0; request < 200; request++) {
                    client.send(String.format(LIST, request));
                }
            }
        }
        assertOthersAreAnswered();
    }

    @Test
    void shouldAnswerBesideTwoHundredSilentConnections() throws Exception {
        try (LineClient busy = client()) {
            List<LineClient> silent = new ArrayList<>();
            try {
                for (int i = 0; i < 200; i++) {
                    silent.add(client());
                    busy.send(String.format(LIST, i));
                    assertTrue(busy.line().contains("\"id\":" + i + ","), "the busy one stays");
                }
                assertOthersAreAnswered();
                assertThrows(EOFException.class, silent.get(0)::line);
                LineClient latest = silent.get(199);
                latest.send(String.format(LIST, 1));
                assertTrue(latest.line().contains("\"id\":1"));
            } finally {
                for (LineClient client : silent) {
                    client.close();
                }
            }
        }
        assertEquals(
                "WARNING control client closed: there are more than 128, and it was quiet longest",
                log.lines().get(0));
        assertTrue(log.lines().size() <= 20, () -> log.lines().size() + " lines");
    }

    @Test
    void shouldNotTakeAClientForQuietThatListens() throws Exception {
        try (LineClient listener = client()) {
            listener.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"events\"}\n");
            assertTrue(listener.line().contains("\"listening\":true"));
            List<LineClient> silent = new ArrayList<>();
            try {
                for (int i = 0; i < 200; i++) {
                    silent.add(client());
                }
                assertOthersAreAnswered();
                try (FrameClient guest = FrameClient.at(lanyard.path("guests.sock"))) {
                    assertTrue(listener.line().contains("\"port-up\""));
                    guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello"));
                }
            } finally {
                for (LineClient client : silent) {
                    client.close();
                }
            }
        }
    }

    @Test
    void shouldNotLetListenersKeepEverybodyElseOut() throws Exception {
        List<LineClient> listeners = new ArrayList<>();
        try {
            for (int i = 0; i < 150; i++) {
                LineClient listener = client();
                listeners.add(listener);
                listener.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"events\"}\n");
                assertTrue(listener.line().contains("\"listening\":true"));
            }
            assertOthersAreAnswered();
        } finally {
            for (LineClient client : listeners) {
                client.close();
            }
        }
    }

    @Test
    void shouldSendAGuestAwayThatCameToTheWrongSocket() throws Exception {
        try (FrameClient guest = FrameClient.at(lanyard.controlSocket())) {
            guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello"));
            assertThrows(IOException.class, guest::receive);
        }
        awaitLogged(
                "WARNING control client closed: it sent a zero byte; this is the control socket"
                        + " (JSON-RPC, one message a line), guests attach to a port's socket");
        assertOthersAreAnswered();
    }

    @Test
    void shouldNotLetComplaintsFillTheLog() throws Exception {
        for (int i = 0; i < 300; i++) {
            try (LineClient client = client()) {
                client.send("half");
            }
        }
        assertOthersAreAnswered();
        assertTrue(log.lines().size() <= 21, () -> log.lines().size() + " lines");
    }

    private static void sendAll(LineClient client, String text) throws Exception {
        sendAll(client, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void sendAll(LineClient client, byte[] bytes) throws Exception {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        Eventually.see(
                "all of it sent",
                () -> {
                    byte[] piece = new byte[Math.min(rest.remaining(), 64 << 10)];
                    rest.duplicate().get(piece);
                    rest.position(rest.position() + client.send(piece));
                    return rest.remaining();
                },
                left -> left == 0);
    }

    /** A mebibyte of calls that want no answer, and one at last that does. */
    private static String manyCalls() {
        String call = "{\"jsonrpc\":\"2.0\",\"method\":\"port.list\"},";
        String last = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"version\"}]\n";
        int count = (LONGEST_LINE - last.length()) / call.length();
        return "[" + call.repeat(count) + last;
    }

    @Test
    void shouldAnswerOthersBetweenTheCallsOfOneLine() throws Exception {
        try (LineClient greedy = client()) {
            sendAll(greedy, manyCalls());
            for (int i = 0; i < 5; i++) {
                assertOthersAreAnswered();
            }
            assertEquals("", greedy.lineSoFar(), "its calls are not all done by then");
            assertTrue(greedy.line().startsWith("[{\"jsonrpc\":\"2.0\",\"id\":1,"));
        }
    }

    @Test
    void shouldAnswerOthersBetweenTheLinesOfOneClient() throws Exception {
        try (LineClient greedy = client()) {
            String call = "{\"jsonrpc\":\"2.0\",\"method\":\"port.list\"}\n";
            sendAll(greedy, call.repeat(10_000) + String.format(LIST, 7));
            for (int i = 0; i < 5; i++) {
                assertOthersAreAnswered();
            }
            assertTrue(greedy.line().contains("\"id\":7"));
        }
    }

    @Test
    void shouldDoWhatAClientAskedThatLeftAtOnce() throws Exception {
        String set =
                "{\"jsonrpc\":\"2.0\",\"method\":\"port.set\",\"params\":{\"name\":\"guests\","
                        + "\"set\":\"isolated = true\"}}\n";
        try (LineClient leaving = client()) {
            String call = "{\"jsonrpc\":\"2.0\",\"method\":\"version\"}\n";
            sendAll(leaving, call.repeat(500) + set);
        }
        Eventually.see(
                "isolated", () -> lanyard.port("guests").path("isolated").asBoolean(), is -> is);
    }

    @Test
    void shouldKeepALineWholeBetweenEvents() throws Exception {
        ObjectMapper json = new ObjectMapper();
        StringBuilder batch = new StringBuilder("[");
        for (int id = 0; id < 3000; id++) {
            batch.append(id == 0 ? "" : ",").append(String.format(LIST, id).strip());
        }
        try (LineClient client = client()) {
            sendAll(client, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"events\"}\n");
            assertTrue(client.line().contains("\"listening\":true"));
            sendAll(client, batch + "]\n");
            ObjectNode set = json.createObjectNode().put("name", "guests");
            for (int i = 0; i < 20; i++) {
                lanyard.call("port.set", set.put("set", "isolated = " + (i % 2 == 0)));
            }
            int events = 0;
            int answers = 0;
            while (answers == 0 || events < 20) {
                JsonNode line = json.readTree(client.line());
                events += line.path("method").asText().equals("event") ? 1 : 0;
                answers += line.isArray() ? line.size() : 0;
            }
            assertEquals(3000, answers);
        }
    }

    @Test
    void shouldKeepSoMuchForAllClientsTogether() throws Exception {
        byte[] half = new byte[64 << 10];
        Arrays.fill(half, (byte) 'x');
        List<LineClient> greedy = new ArrayList<>();
        try (LineClient modest = client()) {
            modest.send("{\"jsonrpc\":\"2.0\",\"id\":7,");
            for (int i = 0; i < 60; i++) {
                LineClient client = client();
                greedy.add(client);
                int sent = 0;
                try {
                    while (sent < LONGEST_LINE - half.length) {
                        sent += client.send(half);
                        assertOthersAreAnswered();
                    }
                } catch (IOException closed) {
                    assertTrue(sent > 0);
                }
            }
            JsonNode control = lanyard.call("status").path("control");
            assertTrue(control.path("bytes").asLong() <= 8 << 20, control::toString);
            assertTrue(control.path("ended").path("unread").asInt() >= 50, control::toString);
            modest.send("\"method\":\"version\"}\n");
            assertTrue(modest.line().contains("\"id\":7"), "who has little stays");
        } finally {
            for (LineClient client : greedy) {
                client.close();
            }
        }
    }

    @Test
    void shouldRefuseARequestOfTooManyParts() throws Exception {
        try (LineClient client = client()) {
            String params = "0,".repeat(40_000) + "0";
            sendAll(
                    client,
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"version\",\"params\":["
                            + params
                            + "]}\n");
            assertTrue(client.line().contains("a request has at most 32768 parts"));
        }
    }

    @Test
    void shouldForwardFramesMeanwhile() throws Exception {
        try (FrameClient first = FrameClient.at(lanyard.path("guests.sock"));
                FrameClient second = FrameClient.at(lanyard.path("guests.sock"));
                LineClient client = client()) {
            lanyard.await("guests/2", "up");
            while (client.send(String.format(LIST, 1)) > 0) {
                assertTrue(lanyard.isRunning());
            }
            byte[] hello = FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello");
            first.send(hello);
            assertEquals(60, second.receive().length);
        }
    }
}
