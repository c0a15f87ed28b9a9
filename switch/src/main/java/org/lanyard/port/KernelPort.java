package org.lanyard.port;

import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;

/**
 * A port whose frames pass a file descriptor. The worker polls the descriptor, calls {@link #fill}
 * when it is readable and {@link #drain} when it is writable; somebody else owns and closes it.
 */
public abstract class KernelPort extends Port {
    /** Asks the owning worker to tell the port when its descriptor takes bytes again. */
    @FunctionalInterface
    public interface WriteWatch {
        void watchWrite(KernelPort port, boolean wanted);
    }

    /** {@link #fill}: nothing to read now. */
    public static final int NOTHING = 0;

    /** {@link #fill}: the other end is gone. */
    public static final int GONE = -1;

    /** {@link #fill}: what came is no stream of frames; see {@link StreamPort#firstLength}. */
    public static final int NOT_FRAMES = -2;

    /** What {@link #fill} returns when the kernel has given the other end up. */
    public static final int NO_ANSWER = -3;

    private final int fd;
    private WriteWatch watch = (port, wanted) -> {};
    private boolean waitsForRoom;

    protected KernelPort(String name, PortCounters counters, int fd) {
        super(name, counters);
        this.fd = fd;
    }

    public final int fd() {
        return fd;
    }

    /** For the worker that takes the port. */
    public final void watchBy(WriteWatch newWatch) {
        watch = newWatch;
    }

    /** Whether frames wait for the kernel to take them. */
    public final boolean waitsForRoom() {
        return waitsForRoom;
    }

    final void waitForRoom(boolean wanted) {
        if (waitsForRoom != wanted) {
            waitsForRoom = wanted;
            watch.watchWrite(this, wanted);
        }
    }

    /**
     * Reads what is there, within the port's budget for one turn, to the front of the slab.
     *
     * @return where the frames in stream format end, {@link #NOTHING}, {@link #GONE}, {@link
     *     #NO_ANSWER} or {@link #NOT_FRAMES}
     */
    public abstract int fill(Slab slab);

    /** Keeps the half frame at the end of what {@link #fill} brought, for the next time. */
    public abstract void keepRest(Slab slab, int from, int end);

    /** Writes waiting frames until the kernel takes no more. */
    public abstract void drain();

    /**
     * From now on so much may wait for the descriptor; what waits already stays. Any thread.
     *
     * @param bytes at least {@link ChunkPool#CHUNK_SIZE}
     */
    public abstract void limitBacklog(int bytes);

    /** Drops and counts what waits, and gives all memory back; the descriptor is let go. */
    public abstract void release();
}
