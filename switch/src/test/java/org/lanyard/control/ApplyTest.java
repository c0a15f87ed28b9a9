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
        Eventually.see( // a frame is counted when it has been sent
                "a frame sent",
                () -> lanyard.port("ben/1").path("tx_packets").asInt(),
                n -> n == 1);
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
                "setting 1, column 12: listen: port 'ben' listens at 'unix:ben.sock' already");
        assertRefused("port.add", settings("a/b", "stream = { connect = \"unix:x\" }"), "no name");
        String listen = "stream = { listen = \"unix:cay.sock\" }";
        assertRefused(
                "port.add",
                settings("cay", listen + "\nvlna = { access = 5 }\nlimit = { ingres = \"1Mbit\" }"),
                "\"setting 2, column 1: unknown key 'vlna' (did you mean 'vlan'?)\\nsetting 3, column"
                        + " 11: unknown key 'ingres' (did you mean 'ingress'?)\"");
        assertRefused("port.add", settings("cay", "isolated = true"), "port 'cay' has no kind");
        for (String more :
                new String[] {
                    "[ports.evil]\n" + listen.replace("cay", "evil"), "[control]\ngroup = '5'"
                }) {
            assertRefused("port.add", settings("cay", listen + "\n" + more), "no other tables");
        }
        assertRefused("port.add", settings("cay", listen + "\n[switch]"), "setting 2, column 1: ");
    }

    private void assertRefused(String method, ObjectNode params, String why) {
        IOException refusal = assertThrows(IOException.class, () -> lanyard.call(method, params));
        assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
    }

    @Test
    void shouldChangeWhatTheSwitchCanChangeWhileItRuns() throws Exception {
        assertReaches(ann, ben, 1);
        JsonNode changes =
                apply(
                        "[switch]\nmac-ageing = \"2s\"\nmac-moves = 1\nport-backlog = \"1MiB\"\n"
                                + ANNS
                                + BENS);
        assertEquals(3, changes.size(), changes::toString);
        assertFalse(changes.get(0).path("restart").asBoolean());
        String shown = lanyard.call("config.show").path("toml").asText();
        assertTrue(shown.contains("port-backlog = \"1MiB\""), shown);
        Eventually.see("nobody", () -> lanyard.call("fdb.list").size(), n -> n == 0);

        JsonNode fdb =
                Eventually.see(
                        "an address that is held",
                        () -> {
                            ann.send(Frames.frame(BEN, ANN, 100, 2));
                            lanyard.call("fdb.list");
                            ben.send(Frames.frame(BEN, ANN, 100, 3));
                            return lanyard.call("status").path("fdb");
                        },
                        now -> now.path("held").asInt() > 0);
        assertEquals(2, fdb.path("moves").asInt(), "away, and back to where it is held");
        assertEquals(
                0,
                apply(
                                "[switch]\nmac-ageing = \"2s\"\nmac-moves = 1\n"
                                        + "port-backlog = \"1MiB\"\n"
                                        + ANNS
                                        + BENS)
                        .size());
    }

    @Test
    void shouldNameWhatNeedsARestart() {
        String toml = "[switch]\nmac-ageing = \"2s\"\nworkers = 2\nmax-ports = 9\n" + ANNS + BENS;
        IOException refusal = assertThrows(IOException.class, () -> apply(toml));
        assertTrue(
                refusal.getMessage().contains("[switch] workers, max-ports: can't change while"),
                refusal.getMessage());
    }

    @Test
    void shouldLetMoreWaitForAGuestThatIsUp() throws Exception {
        String small = "[switch]\nport-backlog = \"128KiB\"\n" + ANNS + BENS;
        apply(small);
        int sent = 0;
        while (lost() == 0) { // ben does not read
            sent += flood(sent);
            assertTrue(sent < 20_000, "it never ends");
        }
        apply(small.replace("128KiB", "64MiB"));
        long lost = lost();
        for (int i = 0; i < 40; i++) {
            sent += flood(sent);
        }
        assertEquals(lost, lost());
    }

    /** As many as a socket holds. */
    private int flood(int before) throws Exception {
        for (int i = 0; i < 50; i++) {
            ann.send(Frames.frame(Frames.BROADCAST, ANN, 1_500, i));
        }
        Eventually.see(
                "fifty more",
                () -> lanyard.port("ann/1").path("rx_packets").asInt(),
                n -> n == before + 50);
        return 50;
    }

    private long lost() throws IOException {
        return lanyard.port("ben/1").path("drops").path("backlog-full").asLong();
    }

    @Test
    void shouldNotForgetWhatARemovedPortHadCounted() throws Exception {
        assertReaches(ann, ben, 1);
        ben.send(Frames.frame(BEN + 1, BEN, 100, 2));
        assertEquals(2, Frames.mark(ann.receive()));
        Eventually.see("both counted", () -> lanyard.call("status"), s -> totals(s) == 4);
        String before = lanyard.call("status").path("rx_bytes").asText();
        apply(ANNS);
        for (int i = 0; i < 20; i++) {
            assertEquals(4, totals(lanyard.call("status")), "while it departs");
        }
        lanyard.await("ben", "absent");
        apply(ANNS + BENS);
        lanyard.await("ben", "listening");
        assertEquals(4, totals(lanyard.call("status")));
        assertEquals(before, lanyard.call("status").path("rx_bytes").asText());
        assertEquals(0, lanyard.port("ben").path("rx_packets").asInt());
    }

    private static long totals(JsonNode status) {
        return status.path("rx_packets").asLong() + status.path("tx_packets").asLong();
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
