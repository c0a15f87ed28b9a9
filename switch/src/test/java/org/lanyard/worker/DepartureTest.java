package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.PortCounters;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;

/**
 * A connection is never closed with its data unread, nor with frames unsent that its guest would
 * take: QEMU keeps stale state otherwise.
 */
final class DepartureTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;

    @TempDir private Path directory;
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory, 8);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    private static byte[] stream(int frames) {
        byte[][] all = new byte[frames][];
        Arrays.setAll(all, i -> Frames.frame(Frames.BROADCAST, ANN, 1000, i));
        return Frames.stream(all);
    }

    private static void assertAllRead(Bench.Guest guest) {
        try (Region sink = Region.allocate(4096)) {
            assertEquals(-1, LibC.read(guest.connection().fd(), sink.address(), 4096), "unread");
            assertEquals(Errno.EAGAIN, LibC.errno());
        }
    }

    @Test
    void shouldReadAllThatAGuestHadWrittenBeforeItLetsGo() throws Exception {
        Bench.Guest ann = bench.connect("ann");
        byte[] stream = stream(5000);
        int written = ann.wire().offer(stream);
        assertTrue(written > 1004, written + " bytes were to wait in the socket");
        bench.worker().adopt(ann.port());
        bench.worker().retire(ann.port());
        bench.expect(ann.port(), null);
        PortCounters counters = ann.port().counters();
        int whole = written / 1004;
        // It may have been up for a moment: then the first ones found no other port.
        Bench.await("all read", () -> counters.rxPackets() == whole && counters.drops() == whole);
        Bench.await("unplugged", () -> bench.fabric().topology().count() == 0);
        bench.passMillis(20);
        bench.expect(ann.port(), Departure.RETIRED);
        assertAllRead(ann);
        assertEquals(written % 1004 == 0 ? 0 : 1, counters.drops(DropReason.TRUNCATED));
        assertEquals(0, bench.worker().chunks().taken());
    }

    @Test
    void shouldSayWhetherHalfAFrameWasLeftWhenTheGuestLeaves() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        ann.wire().sendRaw(Arrays.copyOf(stream(1), 500));
        Bench.await("half a frame", ann.port()::hasHalfFrame);
        ann.wire().close();
        bench.expect(ann.port(), Departure.PEER_CLOSED);
        assertEquals(1, ann.port().counters().drops(DropReason.TRUNCATED));
    }

    @Test
    void shouldForwardNothingFromAPortThatDeparts() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        Bench.Guest ben = bench.plug("ben");
        bench.worker().retire(ann.port());
        Bench.await("unplugged", () -> bench.fabric().topology().count() == 1);
        ann.wire().send(Frames.frame(Frames.BROADCAST, ANN, 60, 1));
        Bench.await("read", () -> ann.port().counters().drops(DropReason.DRAINED) == 1);
        ben.wire().send(Frames.frame(Frames.BROADCAST, BEN, 60, 2));
        bench.passMillis(20);
        bench.expect(ann.port(), Departure.RETIRED);
        assertEquals(0, ben.port().counters().txPackets());
        assertEquals(null, ann.wire().receiveNow(), "nor to it");
    }

    /** Fills ben's socket and some of his backlog; returns how many frames are on their way. */
    private int fillBacklogOf(Bench.Guest ben, Bench.Guest ann) throws Exception {
        ben.wire().send(Frames.frame(Frames.BROADCAST, BEN, 60, 0));
        assertArrayEquals(Frames.frame(Frames.BROADCAST, BEN, 60, 0), ann.wire().receive());
        int sent = 0;
        while (!ben.port().waitsForRoom() && sent < 100_000) {
            int[] marks = IntStream.range(sent, sent + 50).toArray();
            for (int mark : marks) {
                ann.wire().send(Frames.frame(BEN, ANN, 1000, mark));
            }
            sent += 50;
            int all = sent;
            Bench.await("frames in", () -> ann.port().counters().rxPackets() == all);
        }
        assertEquals(0, ben.port().counters().drops(), "all fit");
        return sent;
    }

    @Test
    void shouldSendWhatWaitsBeforeItLetsGo() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        Bench.Guest ben = bench.plug("ben");
        int sent = fillBacklogOf(ben, ann);
        bench.worker().retire(ben.port());
        Bench.await("unplugged", () -> bench.fabric().topology().count() == 1);
        bench.passMillis(100);
        bench.awaitTurns();
        assertTrue(bench.isSilent(), "not before its backlog is sent");
        for (int i = 0; i < sent; i++) {
            assertEquals(i, Frames.mark(ben.wire().receive()));
        }
        Bench.await("an empty backlog", () -> ben.port().counters().txPackets() == sent);
        bench.expect(ben.port(), Departure.RETIRED);
        assertEquals(0, ben.port().counters().drops());
    }

    @Test
    void shouldLetGoAtTheDeadlineOfAGuestThatNeverReads() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        Bench.Guest ben = bench.plug("ben");
        int sent = fillBacklogOf(ben, ann);
        bench.worker().retire(ben.port());
        Bench.await("unplugged", () -> bench.fabric().topology().count() == 1);
        bench.passMillis(499);
        bench.awaitTurns();
        assertTrue(bench.isSilent(), "not before the deadline");
        bench.passMillis(1);
        bench.expect(ben.port(), Departure.RETIRED);
        PortCounters counters = ben.port().counters();
        assertTrue(counters.drops(DropReason.PORT_CLOSED) > 0);
        assertEquals(sent, counters.txPackets() + counters.drops(DropReason.PORT_CLOSED));
    }

    @Test
    void shouldLetGoAtTheDeadlineOfAGuestThatNeverFallsSilent() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        bench.worker().retire(ann.port());
        Bench.await("unplugged", () -> bench.fabric().topology().count() == 0);
        byte[] frame = Frames.stream(Frames.frame(Frames.BROADCAST, ANN, 1000, 1));
        PortCounters counters = ann.port().counters();
        for (int i = 1; i <= 26; i++) {
            ann.wire().sendRaw(frame);
            int read = i;
            Bench.await("read " + i, () -> counters.drops(DropReason.DRAINED) == read);
            assertTrue(bench.isSilent(), "it still speaks, after " + 19 * (i - 1) + " ms");
            bench.passMillis(19);
        }
        bench.passMillis(19);
        bench.expect(ann.port(), Departure.RETIRED);
    }
}
