package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.Frames;

/**
 * What a guest sends is counted at its own port and told in the log, and two others go on
 * exchanging frames without losing one.
 */
@Tag("slow")
final class HostileGuestTest {
    private static final long EVE = 0x5254_0000_00eeL;
    private static final String HERS = "guests/3";

    @TempDir private Path directory;
    private SwitchUnderAttack lan;
    private Pair pair;

    @BeforeEach
    void start() throws Exception {
        lan = new SwitchUnderAttack(directory, "port-backlog = \"1MiB\"");
        pair = new Pair(lan.guest("guests/1"), lan.guest("guests/2"));
    }

    @AfterEach
    void stop() throws Exception {
        pair.exchange(20);
        for (String good : new String[] {"guests/1", "guests/2"}) {
            assertEquals("up", lan.port(good).path("state").asText());
        }
        pair.close();
        lan.close();
    }

    private static byte[] frame(int length, int mark) {
        return Frames.frame(Frames.BROADCAST, EVE, length, mark);
    }

    /** A number keeps its counters: whoever comes next sees what the last one was blamed for. */
    private long dropsAtHerPort(String reason) throws Exception {
        WireGuest next = lan.guest(HERS);
        long drops = lan.port(HERS).path("drops").path(reason).asLong();
        next.close();
        return drops;
    }

    @ParameterizedTest
    @CsvSource({
        "0, runt",
        "1, runt",
        "13, runt",
        "69633, oversize",
        "2147483647, oversize",
        "-1, oversize"
    })
    void shouldCloseAConnectionWhoseFirstLengthIsNone(int length, String reason) throws Exception {
        try (WireGuest eve = lan.guest(HERS)) {
            eve.sendRaw(Frames.concat(Frames.prefix(length), new byte[100]));
            eve.awaitClosed();
        }
        lan.await("a line", () -> lan.log().count("port guests/3 down: .*no frame length") == 1);
        assertEquals(1, lan.log().count("port guests/3 dropped 1 .*" + reason));
        assertEquals(1, dropsAtHerPort(reason));
        assertEquals(1, lan.drops(reason));
    }

    @ParameterizedTest
    @ValueSource(ints = {69_633, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void shouldCloseAConnectionThatLosesItsStepAndForwardWhatCameBefore(int length)
            throws Exception {
        try (WireGuest eve = lan.guest(HERS);
                WireGuest other = lan.guest("guests/4")) {
            byte[] good = frame(100, 1);
            eve.sendRaw(
                    Frames.concat(
                            Frames.stream(good),
                            Frames.prefix(length),
                            Frames.stream(frame(60, 2))));
            assertArrayEquals(good, other.receive());
            eve.awaitClosed();
            assertEquals(null, other.receiveNow(), "nothing behind the lie is a frame");
        }
        lan.await("a line", () -> lan.log().count("port guests/3 down: .*out of step") == 1);
        assertEquals(1, lan.log().count("port guests/3 dropped 1 .*oversize"));
        assertEquals(1, dropsAtHerPort("oversize"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 13})
    void shouldSkipARuntAndTakeTheFrameBehindIt(int length) throws Exception {
        try (WireGuest eve = lan.guest(HERS);
                WireGuest other = lan.guest("guests/4")) {
            eve.send(frame(60, 1), new byte[length], frame(60, 2), new byte[length], frame(14, 3));
            assertEquals(1, Frames.mark(other.receive()));
            assertEquals(2, Frames.mark(other.receive()));
            assertArrayEquals(Frames.padded(frame(14, 3)), other.receive());
            assertEquals(2, lan.port(HERS).path("drops").path("runt").asLong());
            lan.await("a line", () -> lan.log().count("port guests/3 dropped 2 .*runt") == 1);
            assertEquals("up", lan.port(HERS).path("state").asText());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 40})
    void shouldCountAFrameThatWasCutOffByADisconnect(int bytes) throws Exception {
        try (WireGuest eve = lan.guest(HERS)) {
            byte[] half = Arrays.copyOf(Frames.stream(frame(60, 2)), bytes);
            eve.sendRaw(Frames.concat(Frames.stream(frame(60, 1)), half));
        }
        lan.await("the count", () -> lan.drops("truncated") == 1);
        lan.await("a line", () -> lan.log().count("port guests/3 dropped 1 .*truncated") == 1);
        assertEquals(1, dropsAtHerPort("truncated"));
    }

    @Test
    void shouldTellOfAGuestThatOwesHalfAFrameAndGoOnWhenItComes() throws Exception {
        try (WireGuest eve = lan.guest(HERS);
                WireGuest other = lan.guest("guests/4")) {
            byte[] stream = Frames.stream(frame(2000, 1));
            eve.sendRaw(Arrays.copyOf(stream, 1000));
            for (int i = 0; i < 12; i++) {
                lan.skip(Duration.ofSeconds(1));
                lan.call("status"); // wakes the control thread, which finds its timer due
                pair.exchange(5);
            }
            lan.await("a line", () -> lan.log().count("port guests/3 has sent half a frame") == 1);
            assertEquals("up", lan.port(HERS).path("state").asText());
            eve.sendRaw(Arrays.copyOfRange(stream, 1000, stream.length));
            assertArrayEquals(frame(2000, 1), other.receive());
        }
    }

    @Test
    void shouldLetNobodyWaitForAGuestThatNeverReads() throws Exception {
        try (WireGuest deaf = lan.guest(HERS);
                WireGuest eve = lan.guest("guests/4")) {
            deaf.send(frame(60, 0));
            long deafMac = EVE;
            long eveMac = EVE + 1;
            byte[][] flood = new byte[100][];
            Arrays.setAll(flood, i -> Frames.frame(deafMac, eveMac, 1514, i));
            for (int i = 0; i < 100; i++) {
                eve.send(flood);
                pair.exchange(3);
            }
            lan.await(
                    "all frames in",
                    () -> lan.port("guests/4").path("rx_packets").asLong() == 10_000);
            long dropped = lan.port(HERS).path("drops").path("backlog-full").asLong();
            assertTrue(dropped > 0, "its backlog was to be full");
            assertEquals(dropped, lan.drops("backlog-full"), "at no other port");
            lan.await("a line", () -> lan.log().count("port guests/3 dropped .*backlog-full") == 1);
            // What was kept for it comes when it reads at last: whole frames, in order.
            long kept = 10_000 - dropped;
            int last = -1;
            for (long i = 0; i < kept; ) {
                byte[] frame = deaf.receive();
                if (Pair.sourceOf(frame) == eveMac) {
                    assertArrayEquals(flood[Frames.mark(frame)], frame);
                    i++;
                    last = Frames.mark(frame);
                }
            }
            assertTrue(last >= 0);
            assertEquals(dropped, lan.drops("backlog-full"));
        }
    }

    @Test
    void shouldKeepThePairsAddressesWhenSomebodyFillsTheTable() throws Exception {
        try (WireGuest eve = lan.guest(HERS)) {
            Random random = new Random(1);
            for (int i = 0; i < 400; i++) {
                byte[][] frames = new byte[100][];
                for (int j = 0; j < frames.length; j++) {
                    long forged = 0x0200_0000_0000L | random.nextInt() & 0xffff_ffffL;
                    frames[j] = Frames.frame(forged ^ 1, forged, 60, i);
                }
                eve.send(frames);
                pair.exchange(1);
                while (eve.receiveNow() != null) {
                    // She hears nothing of the pair: see below.
                }
            }
            lan.await(
                    "a full table",
                    () -> lan.call("status").path("fdb").path("refused").asLong() > 0);
            lan.await("a line", () -> lan.log().count("forwarding database is full") == 1);
            long heard = lan.port(HERS).path("tx_packets").asLong();
            pair.exchange(200);
            assertEquals(heard, lan.port(HERS).path("tx_packets").asLong(), "known, not flooded");
        }
    }

    @Test
    void shouldCountSourcesThatAreNoStation() throws Exception {
        try (WireGuest eve = lan.guest(HERS)) {
            eve.send(
                    Frames.frame(Frames.BROADCAST, 0, 60, 1),
                    Frames.frame(Frames.BROADCAST, Frames.BROADCAST, 60, 2),
                    Frames.frame(Pair.ANN, 0x0100_5e00_0001L, 60, 3));
            lan.await(
                    "the count",
                    () -> lan.port(HERS).path("drops").path("invalid-source").asLong() == 3);
            lan.await("a line", () -> lan.log().count("guests/3 dropped 3 .*invalid-source") == 1);
        }
    }

    @Test
    void shouldReadAGuestThatHasShutItsSendingSideAsOneThatLeft() throws Exception {
        try (WireGuest eve = lan.guest(HERS)) {
            eve.sendNoMore();
            eve.awaitClosed();
        }
        lan.await("its port gone", () -> lan.port(HERS).isMissingNode());
    }
}
