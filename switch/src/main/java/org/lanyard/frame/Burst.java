package org.lanyard.frame;

/**
 * The frames found in a slab, in order of arrival. Between offset and length stands each frame, and
 * the 4 bytes before it hold that length: so neighbours that go the same way go as one piece.
 * Reused without end by the thread that owns it.
 */
public final class Burst {
    /** Frames: more than a full slab of 64-byte frames holds. */
    public static final int CAPACITY = 4096;

    private final int[] offsets = new int[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private int count;
    private long bytes;

    /** The caller has seen that the burst is not {@link #isFull()}. */
    public void add(int offset, int length) {
        offsets[count] = offset;
        lengths[count] = length;
        count++;
        bytes += length;
    }

    public int count() {
        return count;
    }

    public boolean isFull() {
        return count == CAPACITY;
    }

    /** Where frame {@code i} starts in the slab: its destination address. */
    public int offset(int i) {
        return offsets[i];
    }

    /** In bytes, padding included, length prefix not. */
    public int length(int i) {
        return lengths[i];
    }

    /** The frames' lengths in all. */
    public long bytes() {
        return bytes;
    }

    public void clear() {
        count = 0;
        bytes = 0;
    }
}
