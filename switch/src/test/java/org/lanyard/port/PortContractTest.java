package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.Burst;
import org.lanyard.frame.Frames;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;

/** What every kind of port keeps, whatever is behind it. */
abstract class PortContractTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** A group that no bridge keeps to itself, and a station. */
    private static final long DESTINATION = 0x0300_0000_0001L;

    private static final long SOURCE = 0x5254_0000_000aL;

    final Random random = new Random(1);
    final Slab slab = new Slab();
    final Outbox outbox = new Outbox(slab, 2);
    final ChunkPool pool = new ChunkPool(64 << 20);
    private final Burst burst = new Burst();
    private final StreamFormat format = new StreamFormat();
    PortRig rig;

    /**
     * @param backlogLimit bytes
     */
    abstract PortRig open(int backlogLimit) throws Exception;

    @BeforeEach
    void plug() throws Exception {
        rig = open(4 << 20);
        rig.port().plugAt(0);
    }

    @AfterEach
    void release() {
        rig.close();
        assertEquals(0, pool.taken(), "bytes of chunks that were not given back");
        pool.close();
        slab.close();
    }

    final byte[] frame(int length, int mark) {
        return Frames.frame(DESTINATION, SOURCE, length, mark);
    }

    /** Mostly small ones, as on a real LAN, and some as long as there can be. */
    final List<byte[]> randomFrames(int count, int longest) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int most = random.nextInt(8) == 0 ? longest : Math.min(longest, 1600);
            frames.add(frame(60 + random.nextInt(most - 59), i));
        }
        return frames;
    }

    static void await(String what, BooleanSupplier done) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("after 20 s still not: " + what);
            }
            LockSupport.parkNanos(10_000);
        }
    }

    static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size(), "frames");
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "frame " + i);
        }
    }

    static long bytes(List<byte[]> frames) {
        return frames.stream().mapToLong(frame -> frame.length).sum();
    }

    /** One turn of a worker: read, parse, keep the rest. */
    final List<byte[]> takeIn() {
        int end = rig.port().fill(slab);
        if (end <= 0) {
            return List.of();
        }
        List<byte[]> taken = new ArrayList<>();
        int at = 0;
        do {
            burst.clear();
            format.parse(slab, at, end, burst);
            taken.addAll(Frames.copy(slab, burst));
            at = format.next();
            slab.clear();
        } while (format.unfinished());
        assertFalse(format.broken(), "the stream is broken at " + at);
        rig.port().keepRest(slab, at, end);
        return taken;
    }

    /** Transmits them as one run, or as few as the slab holds. */
    final void transmit(List<byte[]> frames) {
        transmit(rig.port(), frames, 0);
    }

    /**
     * @param gap bytes between the frames: more than none makes each a run of its own
     */
    final void transmit(Port port, List<byte[]> frames, int gap) {
        int at = 0;
        for (byte[] frame : frames) {
            int end = at + StreamFormat.PREFIX + frame.length;
            if (end > Slab.READ_SIZE) {
                outbox.flush();
                at = 0;
                end = StreamFormat.PREFIX + frame.length;
            }
            slab.bytes().putInt(at, frame.length);
            slab.bytes().put(at + StreamFormat.PREFIX, frame);
            outbox.add(port, at, end);
            at = end + gap;
        }
        outbox.flush();
        // Whoever still has to send from the slab would send this.
        for (int i = 0; i < Slab.READ_SIZE; i += 8) {
            slab.bytes().putLong(i, -1);
        }
    }

    /** The other end reads, and the port drains, until so many frames have arrived. */
    final List<byte[]> receive(int count) {
        List<byte[]> received = new ArrayList<>();
        await(
                count + " frames at the other end",
                () -> {
                    received.addAll(rig.read(1 + random.nextInt(200_000)));
                    if (rig.port().waitsForRoom()) {
                        rig.port().drain();
                    }
                    return received.size() >= count;
                });
        return received;
    }

    /** What comes in, once it is so many frames or more. */
    final List<byte[]> takeIn(int count) {
        List<byte[]> taken = new ArrayList<>();
        await(
                count + " frames in",
                () -> {
                    rig.push();
                    taken.addAll(takeIn());
                    return taken.size() >= count;
                });
        return taken;
    }

    @Test
    void shouldBringInWhatTheOtherEndSent() {
        List<byte[]> frames = randomFrames(400, rig.longest());
        frames.add(frame(rig.longest(), 1));
        frames.forEach(rig::send);
        List<byte[]> taken = takeIn(frames.size());
        assertSame(frames, taken);
        assertEquals(List.of(), takeIn(), "and nothing else");
    }

    @Test
    void shouldSendABurstInItsOrder() {
        List<byte[]> frames = randomFrames(200, 1514);
        transmit(frames);
        assertSame(frames, receive(200));
        assertEquals(List.of(), rig.read(1 << 20), "and nothing else");
        assertEquals(200, rig.port().counters().txPackets());
        assertEquals(bytes(frames), rig.port().counters().txBytes());
        assertEquals(0, rig.port().counters().drops());
    }

    @Test
    void shouldShowWhatItSendsToWhoeverCaptures() {
        List<byte[]> frames = randomFrames(200, 1514);
        RecordedFrames recorded = new RecordedFrames();
        transmit(frames.subList(0, 50));
        rig.port().recordBy(recorded);
        transmit(rig.port(), frames.subList(50, 100), 0);
        transmit(rig.port(), frames.subList(100, 150), 8);
        rig.port().recordBy(null);
        transmit(frames.subList(150, 200));
        assertSame(frames, receive(200));
        assertSame(frames.subList(50, 150), recorded.sent);
        assertSame(List.of(), recorded.received);
    }

    @Test
    void shouldSendTheLongestFrame() {
        List<byte[]> frames = List.of(frame(rig.longest(), 7), frame(60, 8));
        transmit(frames);
        assertSame(frames, receive(2));
    }

    /** More pieces than one writev takes. */
    @Test
    void shouldSendManyRunsInTheirOrder() {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            frames.add(frame(60, i));
        }
        transmit(rig.port(), frames, 8);
        assertSame(frames, receive(2500));
        assertEquals(2500, rig.port().counters().txPackets());
        assertEquals(2500 * 60, rig.port().counters().txBytes());
    }

    @Test
    void shouldSendOnAsSixtyBytesWhatCameInShorter() {
        List<byte[]> frames = List.of(frame(42, 1), frame(14, 2), frame(59, 3), frame(60, 4));
        frames.forEach(rig::send);
        List<byte[]> taken = new ArrayList<>();
        await(
                "four frames in",
                () -> {
                    rig.push();
                    taken.addAll(takeIn());
                    return taken.size() == 4;
                });
        transmit(taken);
        assertSame(frames.stream().map(Frames::padded).toList(), receive(4));
    }

    @Test
    void shouldFindNothingToReadWhereNothingWasSent() {
        assertEquals(KernelPort.NOTHING, rig.port().fill(slab));
    }

    @Test
    void shouldNotWaitForRoomWhenAllHasLeft() {
        transmit(List.of(frame(60, 1)));
        assertFalse(rig.port().waitsForRoom());
        rig.port().drain();
        assertTrue(rig.port().counters().txPackets() == 1);
    }
}
