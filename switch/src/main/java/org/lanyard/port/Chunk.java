package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.Region;

/**
 * A piece of a {@link ChunkPool}'s memory, which one queue has at a time. Its first byte leaves
 * next, bytes are added at its end. Owned by the pool's thread.
 */
final class Chunk {
    private final Region memory = Region.allocate(ChunkPool.CHUNK_SIZE);
    private int start;
    private int end;

    /** The queue's one behind it; null for its last. */
    Chunk next;

    /** As if it were new. */
    void clear() {
        start = 0;
        end = 0;
        next = null;
    }

    /** Bytes that it takes at its end. */
    int room() {
        return ChunkPool.CHUNK_SIZE - end;
    }

    boolean isEmpty() {
        return start == end;
    }

    /** Big-endian, the whole chunk. */
    ByteBuffer bytes() {
        return memory.bytes();
    }

    /** Where its first byte is. */
    int start() {
        return start;
    }

    /** The address of its first byte. */
    long address() {
        return memory.address() + start;
    }

    void add(ByteBuffer source, int at, int size) {
        memory.bytes().put(end, source, at, size);
        end += size;
    }

    void addLong(long number) {
        memory.bytes().putLong(end, number);
        end += Long.BYTES;
    }

    /** Flips bits of what was added last, counted back from the end. */
    void flip(int back, int mask) {
        int at = end - back;
        assert at >= start;
        memory.bytes().put(at, (byte) (memory.bytes().get(at) ^ mask));
    }

    /** Removes bytes from its front. */
    void remove(int size) {
        start += size;
    }

    void list(IoVec pieces) {
        pieces.add(address(), end - start);
    }

    /** Gives its physical pages back to the kernel. */
    void cool() {
        memory.discard();
    }

    /** It may not be used any more. */
    void close() {
        memory.close();
    }
}
