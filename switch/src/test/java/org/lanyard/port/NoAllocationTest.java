package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.forward.Forwarder;
import org.lanyard.frame.Burst;
import org.lanyard.frame.Frames;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.StreamPair;

/** Nothing is allocated per frame: not on the straight way, and not when a port has to wait. */
final class NoAllocationTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_00bbL;
    private static final int FRAMES = 100_000;
    private static final int PER_BURST = 40;

    /** What counting itself, or a JIT thread's hand-over, may cost once: not one byte a frame. */
    private static final int SLACK = 8_192;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir private Path directory;

    private final Slab slab = new Slab();
    private final Burst burst = new Burst();
    private final StreamFormat format = new StreamFormat();
    private final Fabric fabric = new Fabric(new Fdb(64), 4);
    private final Outbox outbox = new Outbox(slab, 4);
    private final Forwarder forwarder = new Forwarder(fabric, outbox);
    private final ChunkPool pool = new ChunkPool(64 << 20);
    private final IoVec pieces = new IoVec(IoVec.MAX_PIECES);
    private final Region traffic = Region.allocate(Slab.READ_SIZE);
    private final Region sink = Region.allocate(1 << 20);
    private StreamPair left;
    private StreamPair right;
    private StreamPort a;
    private StreamPort b;
    private int trafficSize;
    private int seconds;

    @BeforeEach
    void plug() throws IOException {
        left = StreamPair.open(new Endpoint.Unix(directory.resolve("a")));
        right = StreamPair.open(new Endpoint.Unix(directory.resolve("b")));
        a = port("a", left);
        b = port("b", right);
        byte[] stream = new byte[0];
        for (int i = 0; i < PER_BURST; i++) {
            // Padded ones, large ones, and ones that alternate so that runs are short.
            int length = i % 4 == 0 ? 42 : i % 4 == 1 ? 1514 : 100;
            byte[] frame =
                    Frames.frame(i % 7 == 0 ? Frames.BROADCAST : BEN, ANN + i % 3, length, i);
            stream = Frames.concat(stream, Frames.stream(frame));
        }
        traffic.bytes().put(0, stream);
        trafficSize = stream.length;
        fabric.fdb().learn(Fdb.key(BEN, Forwarder.VLAN), b.slot(), 0);
    }

    private StreamPort port(String name, StreamPair pair) throws IOException {
        StreamPort port =
                new StreamPort(name, new PortCounters(), pair.server().fd(), pool, pieces, 4 << 20);
        fabric.plug(port);
        return port;
    }

    @AfterEach
    void unplug() throws IOException {
        a.release();
        b.release();
        assertEquals(0, pool.taken());
        left.close();
        right.close();
        pool.close();
        pieces.close();
        traffic.close();
        sink.close();
        slab.close();
    }

    /** What a worker does in one turn for one readable port. */
    private void turn() {
        int end = a.fill(slab);
        int at = 0;
        do {
            burst.clear();
            format.parse(slab, at, end, burst);
            at = format.next();
            forwarder.forward(a, burst, seconds++);
            outbox.flush();
            slab.clear();
        } while (format.unfinished());
        a.keepRest(slab, at, end);
    }

    private void arrive(int from, int to) {
        long written = LibC.write(left.client().fd(), traffic.address() + from, to - from);
        assertThat(written == to - from);
    }

    private void leave() {
        long count;
        do {
            if (b.waitsForRoom()) {
                b.drain();
            }
            count = LibC.read(right.client().fd(), sink.address(), sink.size());
        } while (count > 0 || b.waitsForRoom());
    }

    /** In two reads, so that half a frame is kept each time. */
    private void straight() {
        int half = trafficSize / 2;
        arrive(0, half);
        turn();
        arrive(half, trafficSize);
        turn();
        leave();
    }

    private void withBackPressure() {
        for (int i = 0; i < 40; i++) {
            arrive(0, trafficSize);
            turn();
        }
        assertThat(b.waitsForRoom());
        leave();
    }

    private long allocatedBy(Runnable turns, int times) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < times; i++) {
            turns.run();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private void assertNoneForEachFrame(Runnable turns, int times) {
        allocatedBy(turns, times / 2);
        long sent = b.counters().txPackets();
        long bytes = allocatedBy(turns, times);
        assertTrue(b.counters().txPackets() - sent >= FRAMES, "frames were to pass");
        assertEquals(0, b.counters().drops());
        assertTrue(bytes < SLACK, bytes + " bytes for " + FRAMES + " frames");
    }

    @Test
    void shouldAllocateNothingFromReadToWrite() {
        assertNoneForEachFrame(this::straight, FRAMES / PER_BURST);
    }

    @Test
    void shouldAllocateNothingWhenFramesHaveToWait() {
        assertNoneForEachFrame(this::withBackPressure, FRAMES / PER_BURST / 40 + 1);
    }

    @Test
    void shouldNoticeIfSomethingWereAllocated() {
        byte[][] kept = new byte[1][];
        long bytes = allocatedBy(() -> kept[0] = new byte[16], 10_000);
        assertTrue(bytes > SLACK, bytes + " bytes");
        assertEquals(16, kept[0].length);
    }

    /** JUnit's own assertions may allocate. */
    private static void assertThat(boolean fact) {
        if (!fact) {
            throw new AssertionError();
        }
    }
}
