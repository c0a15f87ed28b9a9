package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.Frames;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.policy.Impairment;

/** What a queue costs of the Java heap: it is the same for one that may hold much. */
final class QueueMemoryTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** The chunks themselves are outside the heap. */
    private static final int MOST_FOR_A_CHUNK = 512;

    private final ChunkPool pool = new ChunkPool(1L << 30);
    private final PortCounters counters = new PortCounters();

    @AfterEach
    void close() {
        assertEquals(0, pool.taken());
        pool.close();
    }

    private static <T> long bytes(Supplier<T> maker) {
        maker.get(); // what classes need, once
        long before = THREADS.getCurrentThreadAllocatedBytes();
        maker.get();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void shouldCostAnImpairedPortLittleHeap() {
        Impairment slow = new Impairment(0, 0, 0, 0, 20_000_000, 0, 0, Impairment.LARGEST_QUEUE, 1);
        long bytes = bytes(() -> new Wire(slow, true, "guests/1", counters, pool));
        assertTrue(bytes < 1024, bytes + " bytes for a wire");
    }

    @Test
    void shouldCostNoMoreHeapWhereMoreMayWait() {
        long small = bytes(() -> new Backlog(pool, counters, ChunkPool.CHUNK_SIZE));
        long large = bytes(() -> new Backlog(pool, counters, 1 << 30));
        assertEquals(small, large);
        assertTrue(large < 256, large + " bytes for a backlog");
    }

    @Test
    void shouldCostLittleHeapForEachChunkThatWaits() {
        Slab slab = new Slab();
        byte[] frame = Frames.stream(Frames.frame(Frames.BROADCAST, 0x5254_0000_000aL, 60_000, 1));
        slab.bytes().put(0, frame);
        Backlog backlog = new Backlog(pool, counters, 1 << 30);
        backlog.add(slab.bytes(), 0, frame.length);
        int more = 1000;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < more; i++) {
            backlog.add(slab.bytes(), 0, frame.length);
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertEquals((more + 1L) * ChunkPool.CHUNK_SIZE, pool.taken());
        assertTrue(bytes < (long) MOST_FOR_A_CHUNK * more, bytes + " bytes for 1,000 chunks");
        backlog.clear();
        slab.close();
    }
}
