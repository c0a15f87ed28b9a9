package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.Region;

/**
 * A bounded queue of bytes, in chunks of a {@link ChunkPool}. Whoever adds a record asks for room
 * first and then adds it in one piece or several: it lies whole in one chunk. Owned by one thread.
 */
final class ChunkRing {
    private final ChunkPool pool;
    private volatile int limit;

    // A ring of chunks: the head's first byte leaves next, records are added at the tail's end.
    private Region[] chunks;
    private int[] starts;
    private int[] ends;
    private int head;
    private int used;
    private int bytes;

    /**
     * @param limit bytes, at least {@link ChunkPool#CHUNK_SIZE}
     */
    ChunkRing(ChunkPool pool, int limit) {
        this.pool = pool;
        this.limit = limit;
        int most = mostChunks(limit);
        this.chunks = new Region[most];
        this.starts = new int[most];
        this.ends = new int[most];
    }

    /** Records above half a chunk leave most of one unused: twice the chunks are never exceeded. */
    private static int mostChunks(int limit) {
        return 2 * (limit / ChunkPool.CHUNK_SIZE) + 4;
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
        if (used > 0 && ChunkPool.CHUNK_SIZE - ends[tail()] >= size) {
            return true;
        }
        if (used >= ChunkPool.GUARANTEED && !pool.hasSpare()) {
            return false;
        }
        if (used == chunks.length && !grow()) {
            return false;
        }
        push();
        return true;
    }

    /** Makes place for as many chunks as a limit needs that was raised. */
    private boolean grow() {
        int most = mostChunks(limit);
        if (most <= chunks.length) {
            return false;
        }
        Region[] moreChunks = new Region[most];
        int[] moreStarts = new int[most];
        int[] moreEnds = new int[most];
        for (int i = 0; i < used; i++) {
            int at = (head + i) % chunks.length;
            moreChunks[i] = chunks[at];
            moreStarts[i] = starts[at];
            moreEnds[i] = ends[at];
        }
        chunks = moreChunks;
        starts = moreStarts;
        ends = moreEnds;
        head = 0;
        return true;
    }

    /** How much more the tail takes, within the limit. */
    int room() {
        return Math.min(ChunkPool.CHUNK_SIZE - ends[tail()], limit - bytes);
    }

    /** A fresh chunk at the tail, whatever the limits say. */
    void push() {
        used++;
        int tail = tail();
        chunks[tail] = pool.take();
        starts[tail] = 0;
        ends[tail] = 0;
    }

    private int tail() {
        return (head + used - 1) % chunks.length;
    }

    /** Adds bytes where there is room for them. */
    void add(ByteBuffer source, int at, int size) {
        int tail = tail();
        chunks[tail].bytes().put(ends[tail], source, at, size);
        ends[tail] += size;
        bytes += size;
    }

    /** Adds a number where there is room for it. */
    void addLong(long number) {
        int tail = tail();
        chunks[tail].bytes().putLong(ends[tail], number);
        ends[tail] += Long.BYTES;
        bytes += Long.BYTES;
    }

    /** Flips bits of what was added last, counted back from the end. */
    void flip(int back, int mask) {
        int tail = tail();
        int at = ends[tail] - back;
        assert at >= starts[tail];
        chunks[tail].bytes().put(at, (byte) (chunks[tail].bytes().get(at) ^ mask));
    }

    /** The chunk of the head, big-endian. */
    ByteBuffer head() {
        return chunks[head].bytes();
    }

    /** Where the head's first byte is in its chunk. */
    int headAt() {
        return starts[head];
    }

    /** The address of the head's first byte. */
    long headAddress() {
        return chunks[head].address() + starts[head];
    }

    /** Removes bytes of the head's record. */
    void remove(int size) {
        starts[head] += size;
        bytes -= size;
        if (starts[head] == ends[head]) {
            pool.giveBack(chunks[head]);
            chunks[head] = null;
            head = (head + 1) % chunks.length;
            used--;
        }
    }

    /** Lists the waiting pieces from the head on, as many as the array takes. */
    void fill(IoVec pieces) {
        for (int i = 0; i < used && !pieces.isFull(); i++) {
            int at = (head + i) % chunks.length;
            pieces.add(chunks[at].address() + starts[at], ends[at] - starts[at]);
        }
    }
}
