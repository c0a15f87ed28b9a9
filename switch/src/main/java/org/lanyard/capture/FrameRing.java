package org.lanyard.capture;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.lanyard.tapio.Region;

/**
 * A ring of frames between one producer thread and one consumer thread; it never waits and
 * allocates nothing. Records are contiguous, a filler stands where the next would not fit before
 * the end: as in Agrona's OneToOneRingBuffer; each side remembers how far it last saw the other, as
 * in JCTools' SpscArrayQueue.
 *
 * <pre>
 *   record: size | interface, direction | nanoseconds (long) | kept | length | kept bytes, 0 to 7 more
 * </pre>
 */
final class FrameRing implements AutoCloseable {
    private static final VarHandle HEAD = position("head");
    private static final VarHandle TAIL = position("tail");

    private static final int MARK = 4;
    private static final int NANOS = 8;
    private static final int KEPT = 16;
    private static final int LENGTH = 20;
    private static final int HEADER = 24;
    private static final int ALIGNMENT = 8;
    private static final int FILLER = -1;

    private final Region region;
    private final ByteBuffer bytes;
    private final int capacity;

    // The producer's.
    private long tail;
    private long headSeen;

    // The consumer's.
    private long head;
    private long tailSeen;

    private static VarHandle position(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(FrameRing.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * @param capacity bytes, a power of two
     */
    FrameRing(int capacity) {
        assert Integer.bitCount(capacity) == 1 && capacity > HEADER;
        this.capacity = capacity;
        this.region = Region.allocate(capacity);
        this.bytes = region.bytes();
    }

    private int place(long position) {
        return (int) position & capacity - 1;
    }

    /**
     * For the producer: adds a frame.
     *
     * @param kept how many of its first bytes are copied
     * @return false when there is no room
     */
    boolean offer(
            int port,
            boolean outbound,
            long nanos,
            ByteBuffer from,
            int offset,
            int length,
            int kept) {
        int size = HEADER + kept + ALIGNMENT - 1 & -ALIGNMENT;
        int at = place(tail);
        int toEnd = capacity - at;
        int needed = size <= toEnd ? size : toEnd + size;
        if (tail + needed - headSeen > capacity) {
            headSeen = (long) HEAD.getAcquire(this);
            if (tail + needed - headSeen > capacity) {
                return false;
            }
        }
        if (size > toEnd) {
            bytes.putInt(at, toEnd);
            bytes.putInt(at + MARK, FILLER);
            at = 0;
        }
        bytes.putInt(at, size);
        bytes.putInt(at + MARK, port << 1 | (outbound ? 1 : 0));
        bytes.putLong(at + NANOS, nanos);
        bytes.putInt(at + KEPT, kept);
        bytes.putInt(at + LENGTH, length);
        bytes.put(at + HEADER, from, offset, kept);
        TAIL.setRelease(this, tail + needed);
        return true;
    }

    /** For the consumer: whether there is a frame, which the methods below are then about. */
    boolean hasFrame() {
        if (!isBehind()) {
            return false;
        }
        if (bytes.getInt(place(head) + MARK) == FILLER) {
            remove(); // a frame stands behind it: they are published together
        }
        return true;
    }

    private boolean isBehind() {
        if (head == tailSeen) {
            tailSeen = (long) TAIL.getAcquire(this);
        }
        return head != tailSeen;
    }

    int port() {
        return bytes.getInt(place(head) + MARK) >>> 1;
    }

    boolean isOutbound() {
        return (bytes.getInt(place(head) + MARK) & 1) != 0;
    }

    long nanos() {
        return bytes.getLong(place(head) + NANOS);
    }

    /** How many bytes were kept. */
    int kept() {
        return bytes.getInt(place(head) + KEPT);
    }

    /** Of the whole frame. */
    int length() {
        return bytes.getInt(place(head) + LENGTH);
    }

    /** Appends what was kept. */
    void copyTo(ByteBuffer out) {
        int kept = kept();
        out.put(out.position(), bytes, place(head) + HEADER, kept);
        out.position(out.position() + kept);
    }

    /** For the consumer: goes on to the next. */
    void remove() {
        HEAD.setRelease(this, head + bytes.getInt(place(head)));
    }

    /** When neither side uses it any more. */
    @Override
    public void close() {
        region.close();
    }
}
