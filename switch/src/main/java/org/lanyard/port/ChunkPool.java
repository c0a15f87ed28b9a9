package org.lanyard.port;

import java.util.ArrayDeque;
import org.lanyard.frame.StreamFormat;

/**
 * The memory in which frames wait, in chunks, for all ports of one worker and on its thread only.
 * Chunks are made when first needed, used again without end, and those beyond a warm few give their
 * physical pages back while they are free.
 *
 * <p>Bound: {@link #limit} bytes, plus what is granted above it: {@link #GUARANTEED} chunks of
 * backlog, as many for each impaired wire, and one half frame for each port, so that no port's
 * waiting can starve another.
 */
public final class ChunkPool {
    /** The fewest whole pages that hold the longest frame and its length: 72 KiB. */
    public static final int CHUNK_SIZE = 18 * 4096;

    /** Chunks that each queue may have however full the pool is. */
    static final int GUARANTEED = 2;

    private static final int WARM = 64;

    static {
        assert CHUNK_SIZE >= StreamFormat.PREFIX + StreamFormat.MAX_FRAME;
    }

    private final long limit;

    /** The warm ones last. */
    private final ArrayDeque<Chunk> free = new ArrayDeque<>();

    private int warm;
    private long taken;

    /**
     * @param limit bytes that all queues may take together before only guaranteed chunks are given
     */
    public ChunkPool(long limit) {
        this.limit = limit;
    }

    /** Whether a queue may take one more chunk although it has its guaranteed ones. */
    boolean hasSpare() {
        return taken + CHUNK_SIZE <= limit;
    }

    Chunk take() {
        Chunk chunk = free.pollLast();
        if (chunk == null) {
            chunk = new Chunk();
        } else if (warm > 0) {
            warm--;
        }
        taken += CHUNK_SIZE;
        return chunk;
    }

    void giveBack(Chunk chunk) {
        taken -= CHUNK_SIZE;
        chunk.clear();
        if (warm < WARM) {
            warm++;
            free.addLast(chunk);
        } else {
            chunk.cool();
            free.addFirst(chunk);
        }
    }

    /** Bytes in use. */
    public long taken() {
        return taken;
    }

    /** Bytes that are shared out before only guaranteed chunks are given. */
    public long limit() {
        return limit;
    }

    /** Unmaps the free chunks: for a worker that ends, after all its ports gave theirs back. */
    public void close() {
        free.forEach(Chunk::close);
        free.clear();
    }
}
