package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.Frames;

/** {@code config.apply}, {@code port.add} and {@code port.remove}, while guests talk. */
class ApplyTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final String ANNS = "[ports.ann]\nstream = { listen = \"unix:ann.sock\" }\n";
    private static final String BENS = "[ports.ben]\nstream = { listen = \"unix:ben.sock\" }\n";

    @TempDir private Path dir;

    private final ObjectMapper json = new ObjectMapper();
    private RunningSwitch lanyard;
    private FrameClient ann;
    private FrameClient ben;

    @BeforeEach
    void start() throws Exception {
        lanyard = RunningSwitch.of(ANNS + BENS, dir);
        ann = guest("ann");
        ben = guest("ben");
    }

    @AfterEach
    void stop() throws IOException {
        ann.close();
        ben.close();
        lanyard.close();
    }

    private FrameClient guest(String port) throws Exception {
        FrameClient guest = FrameClient.at(lanyard.path(port + ".sock"));
        lanyard.await(port + "/1", "up");
        return guest;
    }

    private JsonNode apply(String toml) throws IOException {
        return lanyard.call("config.apply", json.createObjectNode().put("toml", toml));
    }

    private ObjectNode settings(String port, String lines) {
        return json.createObjectNode().put("name", port).put("set", lines);
    }

    private void assertReaches(FrameClient from, FrameClient to, int mark) throws IOException {
        byte[] frame = Frames.frame(Frames.BROADCAST, ANN, 100, mark);
        from.send(frame);
        assertArrayEquals(frame, to.receive());
    }

    @Test
    void shouldDoNothingWhereNothingDiffers() throws Exception {
        ann.send(Frames.frame(BEN, ANN, 100, 1));
        assertEquals(1, Frames.mark(ben.receive()));
        JsonNode before = lanyard.call("port.list");
        JsonNode fdb = lanyard.call("fdb.list");
        assertEquals(0, apply("# the same\n" + ANNS + "isolated = false\n" + BENS).size());
        assertEquals(before.toString(), lanyard.call("port.list").toString());
        assertEquals(fdb.size(), lanyard.call("fdb.list").size());
        assertReaches(ann, ben, 2);
    }

    @Test
    void shouldLetPortsComeChangeAndGo() throws Exception {
        assertReaches(ann, ben, 1);
        JsonNode changes =
                apply(ANNS + "mac-limit = 5\n" + BENS.replace("ben", "cay") + "isolated = true\n");
        assertTrue(changes.size() > 3, changes::toString);
        assertThrows(EOFException.class, ben::receive);
        lanyard.await("ben", "absent");
        assertFalse(Files.exists(lanyard.path("ben.sock")));
        assertEquals(5, lanyard.port("ann/1").path("mac_limit").asInt());
        assertEquals(1, lanyard.port("ann/1").path("rx_packets").asLong(), "counters stay");
        try (FrameClient cay = guest("cay")) {
            assertTrue(lanyard.port("cay/1").path("isolated").asBoolean());
            assertReaches(ann, cay, 2);
        }
    }

    @Test
    void shouldGiveAPortOfAnotherKindTheSameName() throws Exception {
        apply(ANNS + "[ports.ben]\nstream = { connect = \"unix:far.sock\" }\n");
        assertThrows(EOFException.class, ben::receive);
        Eventually.see(
                "the new kind",
                () -> lanyard.port("ben").path("endpoint").asText(),
                endpoint -> endpoint.endsWith("far.sock"));
        apply(ANNS + BENS);
        ben.close();
        ben = guest("ben");
        assertReaches(ann, ben, 1);
    }

    @Test
    void shouldGiveAListenersPlaceToAPortOfAnotherName() throws Exception {
        apply(ANNS + BENS.replace("ports.ben", "ports.dot"));
        assertThrows(EOFException.class, ben::receive);
        lanyard.await("dot", "listening");
        try (FrameClient dot = FrameClient.at(lanyard.path("ben.sock"))) {
            lanyard.await("dot/1", "up");
            assertReaches(ann, dot, 1);
        }
    }

    @Test
    void shouldChangeNothingWhereOnePortCannotBeOpened() throws Exception {
        Path taken = dir.resolve("taken.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(taken));
            String bad =
                    BENS.replace("ben", "cay")
                            + "[ports.dot]\nstream = { listen = \"unix:"
                            + taken
                            + "\" }\n";
            IOException refusal = assertThrows(IOException.class, () -> apply(bad));
            assertTrue(
                    refusal.getMessage().contains("another process listens at"),
                    refusal.getMessage());
        }
        assertEquals("absent", lanyard.state("cay"));
        assertFalse(Files.exists(lanyard.path("cay.sock")));
        assertReaches(ann, ben, 1);
        assertEquals("listening", lanyard.state("ben"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[ports.ann]\nstreem = { listen = \"unix:ann.sock\" }\n",
                "[switch]\nworkers = 2\n" + ANNS + BENS,
                "[ports.ann\n"
            })
    void shouldRefuseWhatCannotBeAndChangeNothing(String toml) throws Exception {
        String before = lanyard.call("config.show").toString();
        assertThrows(IOException.class, () -> apply(toml));
        assertEquals(before, lanyard.call("config.show").toString());
        assertReaches(ann, ben, 1);
    }

    @Test
    void shouldAddAndRemoveOnePort() throws Exception {
        JsonNode added =
                lanyard.call(
                        "port.add",
                        settings("cay", "stream = { listen = \"unix:cay.sock\" }\nmac-limit = 7"));
        assertEquals("listening", added.path("state").asText());
        assertEquals(7, added.path("mac_limit").asInt());
        try (FrameClient cay = guest("cay")) {
            assertReaches(ann, cay, 1);
            assertEquals(1, Frames.mark(ben.receive()));
            lanyard.call("port.remove", json.createObjectNode().put("name", "cay"));
            assertThrows(EOFException.class, cay::receive);
        }
        lanyard.await("cay", "absent");
        assertReaches(ann, ben, 2);
        assertRefused("port.remove", json.createObjectNode().put("name", "cay"), "no port 'cay'");
        assertRefused("port.add", settings("ben", "stream = {}"), "is there already");
        assertRefused(
                "port.add",
                settings("cay", "stream = { listen = \"unix:ben.sock\" }"),
                "listens at 'unix:ben.sock' already");
        assertRefused("port.add", settings("a/b", "stream = { connect = \"unix:x\" }"), "no name");
    }

    private void assertRefused(String method, ObjectNode params, String why) {
        IOException refusal = assertThrows(IOException.class, () -> lanyard.call(method, params));
        assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
    }

    @Test
    void shouldMoveStaticAddressesWithTheConfiguration() throws Exception {
        String addresses = "static-macs = [\"52:54:00:00:00:77\", \"52:54:00:00:00:78\"]\n";
        apply(ANNS + BENS + addresses);
        assertEquals("ben/1", portOf("52:54:00:00:00:77"));
        apply(ANNS + BENS + addresses.replace("77", "79"));
        assertEquals("", portOf("52:54:00:00:00:77"));
        assertEquals("ben/1", portOf("52:54:00:00:00:79"));
        apply(ANNS);
        assertThrows(EOFException.class, ben::receive);
        assertEquals("", portOf("52:54:00:00:00:78"));
    }

    private String portOf(String mac) throws IOException {
        for (JsonNode entry : lanyard.call("fdb.list")) {
            if (entry.path("mac").asText().equals(mac)) {
                return entry.path("port").asText();
            }
        }
        return "";
    }

    /** A hundred reloads that change another port, under way between two: not one frame is lost. */
    @Test
    void shouldLoseNoFrameOnPortsThatStay() throws Exception {
        ann.send(Frames.frame(BEN, ANN, 100, 0));
        ben.receive();
        ben.send(Frames.frame(ANN, BEN, 100, 0));
        ann.receive();
        AtomicBoolean done = new AtomicBoolean();
        AtomicReference<Exception> failure = new AtomicReference<>();
        Thread reloads =
                new Thread(
                        () -> {
                            try {
                                for (int i = 0; i < 100; i++) {
                                    String more = i % 2 == 0 ? BENS.replace("ben", "cay") : "";
                                    apply(ANNS + BENS + "mac-limit = " + (5 + i % 3) + "\n" + more);
                                }
                            } catch (IOException e) {
                                failure.set(e);
                            }
                            done.set(true);
                        },
                        "reloads");
        reloads.start();
        int sent = 0;
        while (!done.get() || sent < 2_000) {
            byte[] frame = Frames.frame(BEN, ANN, 100 + sent % 1000, sent);
            ann.send(frame);
            assertArrayEquals(frame, ben.receive());
            sent++;
        }
        reloads.join();
        assertEquals(null, failure.get());
        assertEquals(0, lanyard.port("ben/1").path("drops").size());
    }
}
