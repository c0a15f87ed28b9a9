package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.tapio.IoVec;

/**
 * A bounded queue of bytes, in chunks of a {@link ChunkPool}. Whoever adds a record asks for room
 * first and then adds it in one piece or several: it lies whole in one chunk. The chunks are linked
 * with each other, so that a queue costs nothing but what waits in it, whatever its limit. Owned by
 * one thread.
 */
final class ChunkRing {
    private final ChunkPool pool;
    private volatile int limit;

    /** Null, both, for none: the head's first byte leaves next, records are added to the tail. */
    private Chunk head;

    private Chunk tail;
    private int used;
    private int bytes;

    /**
     * @param limit bytes, at least {@link ChunkPool#CHUNK_SIZE}
     */
    ChunkRing(ChunkPool pool, int limit) {
        this.pool = pool;
        this.limit = limit;
    }

    /**
     * From now on so much may wait; what waits already stays. Any thread.
     *
     * @param bytes at least {@link ChunkPool#CHUNK_SIZE}
     */
    void limit(int bytes) {
        limit = bytes;
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** Bytes waiting. */
    int bytes() {
        return bytes;
    }

    /** Whether a record of that size fits, within the limit and the pool's; if so it has room. */
    boolean makeRoom(int size) {
        if (bytes + size > limit) {
            return false;
        }
        if (used > 0 && tail.room() >= size) {
            return true;
        }
        if (used >= ChunkPool.GUARANTEED && !pool.hasSpare()) {
            return false;
        }
        push();
        return true;
    }

    /** How much more the tail takes, within the limit. */
    int room() {
        return Math.min(tail.room(), limit - bytes);
    }

    /** A fresh chunk at the tail, whatever the limits say. */
    void push() {
        Chunk fresh = pool.take();
        if (used == 0) {
            head = fresh;
        } else {
            tail.next = fresh;
        }
        tail = fresh;
        used++;
    }

    /** Adds bytes where there is room for them. */
    void add(ByteBuffer source, int at, int size) {
        tail.add(source, at, size);
        bytes += size;
    }

    /** Adds a number where there is room for it. */
    void addLong(long number) {
        tail.addLong(number);
        bytes += Long.BYTES;
    }

    /** Flips bits of what was added last, counted back from the end. */
    void flip(int back, int mask) {
        tail.flip(back, mask);
    }

    /** The chunk of the head, big-endian. */
    ByteBuffer head() {
        return head.bytes();
    }

    /** Where the head's first byte is in its chunk. */
    int headAt() {
        return head.start();
    }

    /** The address of the head's first byte. */
    long headAddress() {
        return head.address();
    }

    /** Removes bytes of the head's record. */
    void remove(int size) {
        head.remove(size);
        bytes -= size;
        if (head.isEmpty()) {
            Chunk spent = head;
            head = spent.next;
            used--;
            if (used == 0) {
                tail = null;
            }
            pool.giveBack(spent);
        }
    }

    /** Lists the waiting pieces from the head on, as many as the array takes. */
    void fill(IoVec pieces) {
        for (Chunk chunk = head; chunk != null && !pieces.isFull(); chunk = chunk.next) {
            chunk.list(pieces);
        }
    }
}
