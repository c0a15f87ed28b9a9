package org.lanyard.worker;

import java.util.concurrent.TimeUnit;
import org.lanyard.frame.Slab;

/**
 * How much a port may bring at once. A read whose frames go to many ports is a multiple of itself
 * to write, and all others wait for that; so the next brings less. Where one frame is too much, 64
 * KiB of a flow that nobody's address is known for, its port rests.
 *
 * <p>It goes by bytes, not by the clock: a thread that was preempted has caused nothing.
 */
final class Portion {
    private static final int LEAST = 4096;

    /** What a read may cause: a few tenths of a millisecond. */
    static final long MOST_WORK = 1 << 20;

    /** Eight times what a byte takes to write (0.6 ns): others have most of the thread. */
    private static final int REST_NANOS = 5;

    private static final long LONGEST_REST = TimeUnit.MILLISECONDS.toNanos(20);

    private int size = Slab.READ_SIZE;

    /** Bytes after which no further frame is read, at most {@link Slab#READ_SIZE}. */
    int size() {
        return size;
    }

    /**
     * @param bytes that were read
     * @param frames that these were
     * @param work bytes that were written for them
     * @return for how many nanoseconds the port is to rest, mostly 0
     */
    long took(long bytes, int frames, long work) {
        if (work > MOST_WORK) {
            size = (int) Math.max(LEAST, Math.min(size, bytes) * MOST_WORK / work);
            boolean eachIs = work > MOST_WORK * frames;
            return eachIs ? Math.min(LONGEST_REST, REST_NANOS * work) : 0;
        }
        if (size < Slab.READ_SIZE && work < MOST_WORK / 2) {
            size = Math.min(Slab.READ_SIZE, 2 * size);
        }
        return 0;
    }
}
