package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An array of {@code struct iovec} for one {@code writev}. Filled, written and cleared by one
 * thread; holds addresses only, so the pieces must stay where they are until the write is done.
 */
public final class IoVec implements AutoCloseable {
    /** The kernel's UIO_MAXIOV: more in one call is EINVAL. */
    public static final int MAX_PIECES = 1024;

    private static final int STRUCT_SIZE = 16;

    private final Region region;
    private final ByteBuffer entries;
    private final int capacity;
    private int count;
    private long total;

    /**
     * @param capacity pieces, 1 to {@link #MAX_PIECES}
     */
    public IoVec(int capacity) {
        if (capacity < 1 || capacity > MAX_PIECES) {
            throw new IllegalArgumentException("an iovec of " + capacity + " pieces");
        }
        this.capacity = capacity;
        this.region = Region.allocate(capacity * STRUCT_SIZE);
        this.entries = region.bytes().duplicate().order(ByteOrder.nativeOrder());
    }

    /** Appends a piece; the caller has seen that the array is not {@link #isFull()}. */
    public void add(long address, int length) {
        int at = count * STRUCT_SIZE;
        entries.putLong(at, address);
        entries.putLong(at + 8, length);
        count++;
        total += length;
    }

    public boolean isFull() {
        return count == capacity;
    }

    public int count() {
        return count;
    }

    /** The pieces' bytes in all. */
    public long total() {
        return total;
    }

    public void clear() {
        count = 0;
        total = 0;
    }

    /** One system call: bytes taken, or -1 with {@link LibC#errno()}. */
    public long writeTo(int fd) {
        return count == 1
                ? LibC.write(fd, entries.getLong(0), entries.getLong(8))
                : LibC.writev(fd, region.address(), count);
    }

    @Override
    public void close() {
        region.close();
    }
}
