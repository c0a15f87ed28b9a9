package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.frame.Frames;

/** {@code events}: what a client is told while it listens. */
class EventsTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final String CONFIGURATION =
            """
            [switch]
            mac-table-size = 100000

            [ports.ann]
            stream = { listen = "unix:ann.sock" }
            storm = { broadcast = 1 }
            mac-limit = 50000

            [ports.ben]
            stream = { listen = "unix:ben.sock" }
            """;

    @TempDir private Path dir;

    private final ObjectMapper json = new ObjectMapper();

    private LineClient listen(RunningSwitch lanyard) throws IOException {
        LineClient client = new LineClient(lanyard.controlSocket());
        client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"events\"}\n");
        assertTrue(json.readTree(client.line()).path("result").path("listening").asBoolean());
        return client;
    }

    private JsonNode next(LineClient client) throws IOException {
        JsonNode message = json.readTree(client.line());
        assertEquals("event", message.path("method").asText(), message::toString);
        JsonNode event = message.path("params");
        Instant.parse(event.path("time").asText());
        return event;
    }

    /** The next event of that name; what else happens is passed over. */
    private JsonNode next(LineClient client, String name) throws IOException {
        for (int i = 0; i < 1_000; i++) {
            JsonNode event = next(client);
            if (event.path("event").asText().equals(name)) {
                return event;
            }
        }
        throw new AssertionError("a thousand events and no " + name);
    }

    @Test
    void shouldTellWhatHappens() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(CONFIGURATION, dir);
                LineClient client = listen(lanyard);
                FrameClient ann = FrameClient.at(lanyard.path("ann.sock"))) {
            assertEquals("ann/1", next(client, "port-up").path("port").asText());
            FrameClient ben = FrameClient.at(lanyard.path("ben.sock"));
            assertEquals("ben/1", next(client, "port-up").path("port").asText());

            ann.send(Frames.frame(BEN, ANN, 100, 1));
            JsonNode learned = next(client, "mac-learned");
            assertEquals("52:54:00:00:00:0a", learned.path("mac").asText());
            assertEquals("ann/1", learned.path("port").asText());
            assertEquals(1, learned.path("vlan").asInt());

            ben.send(Frames.frame(BEN, ANN, 100, 1));
            JsonNode moved = next(client, "mac-moved");
            assertEquals("ben/1", moved.path("port").asText());
            assertEquals("ann/1", moved.path("from").asText());

            for (int i = 0; i < 30; i++) {
                ann.send(Frames.frame(Frames.BROADCAST, ANN + 100, 100, i));
            }
            JsonNode storm = next(client, "storm");
            assertEquals("ann/1", storm.path("port").asText());
            assertTrue(storm.path("frames").asLong() > 0, storm::toString);

            lanyard.call(
                    "port.set",
                    json.createObjectNode().put("name", "ben").put("set", "isolated = true"));
            assertEquals("ben", next(client, "settings").path("port").asText());

            ben.close();
            JsonNode down = next(client, "port-down");
            assertEquals("ben/1", down.path("port").asText());
            assertTrue(!down.path("reason").asText().isEmpty(), down::toString);
        }
    }

    @Test
    void shouldGoOnWithoutAListenerThatLeft() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(CONFIGURATION, dir)) {
            listen(lanyard).close();
            try (LineClient client = listen(lanyard);
                    FrameClient ann = FrameClient.at(lanyard.path("ann.sock"))) {
                assertEquals("ann/1", next(client, "port-up").path("port").asText());
                ann.send(Frames.frame(BEN, ANN, 100, 1));
                assertEquals("ann/1", next(client, "mac-learned").path("port").asText());
            }
        }
    }

    /** It gets what it can hold, and the number of the rest; nobody waits for it. */
    @Test
    void shouldTellAListenerThatDoesNotReadHowMuchItMissed() throws Exception {
        int addresses = 40_000;
        try (RunningSwitch lanyard = RunningSwitch.of(CONFIGURATION, dir);
                LineClient client = listen(lanyard);
                FrameClient ann = FrameClient.at(lanyard.path("ann.sock"))) {
            lanyard.await("ann/1", "up");
            for (int i = 0; i < addresses; i++) {
                ann.send(Frames.frame(BEN, ANN + i, 60, i));
                if (i % 100 == 99) { // a socket holds not all of them
                    long sent = i + 1;
                    Eventually.see(
                            sent + " frames",
                            () -> lanyard.port("ann/1").path("rx_packets").asLong(),
                            count -> count == sent);
                }
            }
            // What was missed is told with the next event: one comes every now and then.
            Thread ticker = new Thread(() -> tick(lanyard), "ticker");
            ticker.start();
            // Not always each address: the table may have been busy ageing when one came.
            long learned = lanyard.call("status").path("fdb").path("size").asLong();
            assertTrue(learned > addresses / 2, learned + " addresses");
            long told = 0;
            long missed = 0;
            while (told + missed < learned) {
                JsonNode event = next(client);
                switch (event.path("event").asText()) {
                    case "mac-learned" -> told++;
                    case "missed" -> missed += event.path("count").asLong();
                    default -> {}
                }
            }
            ticker.interrupt();
            ticker.join();
            assertTrue(told >= 500 && missed > 0, told + " told, " + missed + " missed");
        }
    }

    private void tick(RunningSwitch lanyard) {
        try {
            for (int i = 0; i < 1_000; i++) {
                lanyard.call(
                        "port.set",
                        json.createObjectNode().put("name", "ben").put("set", "isolated = true"));
                Thread.sleep(20);
            }
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt(); // the test has seen enough
        }
    }

    @Test
    void shouldTellOfAnAddressThatTwoGuestsHave() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(CONFIGURATION, dir);
                LineClient client = listen(lanyard);
                FrameClient ann = FrameClient.at(lanyard.path("ann.sock"));
                FrameClient ben = FrameClient.at(lanyard.path("ben.sock"))) {
            lanyard.await("ann/1", "up");
            lanyard.await("ben/1", "up");
            ann.send(Frames.frame(BEN, ANN, 100, 1));
            assertEquals("ann/1", next(client, "mac-learned").path("port").asText());
            ben.send(Frames.frame(BEN, ANN, 100, 2));
            assertEquals("ben/1", next(client, "mac-moved").path("port").asText());
            ann.send(Frames.frame(BEN, ANN, 100, 3));
            JsonNode duplicate = next(client, "mac-duplicate");
            assertEquals("52:54:00:00:00:0a", duplicate.path("mac").asText());
            assertEquals("ann/1", duplicate.path("port").asText());
            assertEquals("ben/1", duplicate.path("from").asText());
            String page = Files.readString(Path.of("..", "conf", "RPC.md"));
            assertTrue(page.contains("| `mac-duplicate` |"), "on the page");
        }
    }
}
