package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.Region;

/**
 * The frames that a port's kernel side has not taken yet: a bounded queue of bytes in stream
 * format. A frame lies whole in one chunk, so a chunk is one piece of a {@code writev} and a frame
 * one piece for a TAP. What does not fit is dropped at the tail and counted; what left is counted
 * as sent when its last byte went. Owned by the port's thread.
 */
final class Backlog {
    private static final int PREFIX = StreamFormat.PREFIX;

    private final ChunkPool pool;
    private final PortCounters counters;
    private final int limit;

    // A ring of chunks: the head's first byte leaves next, frames are added at the tail's end.
    private final Region[] chunks;
    private final int[] starts;
    private final int[] ends;
    private int head;
    private int used;
    private int bytes;

    /** Of the frame at the head, when part of it has left: bytes to go and its whole length. */
    private int tornRest;

    private int tornLength;

    /**
     * @param limit bytes, prefixes included, at least {@link ChunkPool#CHUNK_SIZE}
     */
    Backlog(ChunkPool pool, PortCounters counters, int limit) {
        this.pool = pool;
        this.counters = counters;
        this.limit = limit;
        // Frames above half a chunk leave most of one unused: twice the chunks are never exceeded.
        int most = 2 * (limit / ChunkPool.CHUNK_SIZE) + 4;
        this.chunks = new Region[most];
        this.starts = new int[most];
        this.ends = new int[most];
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** Bytes waiting, prefixes included. */
    int bytes() {
        return bytes;
    }

    /**
     * Takes what the kernel left of one frame. It is taken in any case: the other end waits for it.
     *
     * @param at the first byte that has not left
     * @param end behind the frame
     * @param length the whole frame's, without prefix
     */
    void addRest(ByteBuffer slab, int at, int end, int length) {
        assert isEmpty() && tornRest == 0;
        push();
        copy(slab, at, end - at);
        tornRest = end - at;
        tornLength = length;
    }

    /** Takes as many whole frames as there is room for; drops and counts the others. */
    void add(ByteBuffer slab, int start, int end) {
        int at = start;
        while (at < end) {
            int frame = PREFIX + slab.getInt(at);
            if (bytes + frame > limit || !hasChunkFor(frame)) {
                drop(slab, at, end);
                return;
            }
            int stop = at + frame;
            int room = Math.min(room(), limit - bytes);
            while (stop < end) {
                int following = PREFIX + slab.getInt(stop);
                if (stop + following - at > room) {
                    break;
                }
                stop += following;
            }
            copy(slab, at, stop - at);
            at = stop;
        }
    }

    private void drop(ByteBuffer slab, int start, int end) {
        int frames = 0;
        for (int at = start; at < end; at += PREFIX + slab.getInt(at)) {
            frames++;
        }
        counters.dropped(DropReason.BACKLOG_FULL, frames);
    }

    private boolean hasChunkFor(int size) {
        if (used > 0 && room() >= size) {
            return true;
        }
        if (used == chunks.length || (used >= ChunkPool.GUARANTEED && !pool.hasSpare())) {
            return false;
        }
        push();
        return true;
    }

    private int tail() {
        return (head + used - 1) % chunks.length;
    }

    private int room() {
        return ChunkPool.CHUNK_SIZE - ends[tail()];
    }

    private void push() {
        used++;
        int tail = tail();
        chunks[tail] = pool.take();
        starts[tail] = 0;
        ends[tail] = 0;
    }

    private void pop() {
        pool.giveBack(chunks[head]);
        chunks[head] = null;
        head = (head + 1) % chunks.length;
        used--;
    }

    private void copy(ByteBuffer slab, int at, int size) {
        int tail = tail();
        chunks[tail].bytes().put(ends[tail], slab, at, size);
        ends[tail] += size;
        bytes += size;
    }

    /** Lists the waiting pieces from the head on, as many as the array takes. */
    void fill(IoVec pieces) {
        for (int i = 0; i < used && !pieces.isFull(); i++) {
            int at = (head + i) % chunks.length;
            pieces.add(chunks[at].address() + starts[at], ends[at] - starts[at]);
        }
    }

    /** Address of the frame at the head, behind its prefix: for ports that write frame by frame. */
    long headFrame() {
        return chunks[head].address() + starts[head] + PREFIX;
    }

    /** Length of the frame at the head, in bytes. */
    int headLength() {
        return chunks[head].bytes().getInt(starts[head]);
    }

    /** Removes the frame at the head, which the caller has counted. */
    void removeHead() {
        assert tornRest == 0;
        take(PREFIX + headLength());
    }

    /** Removes what a {@code writev} of {@link #fill}'s pieces took, and counts the frames sent. */
    void sent(long written) {
        long left = written;
        long packets = 0;
        long packetBytes = 0;
        while (left > 0) {
            if (tornRest == 0) {
                tornLength = headLength();
                tornRest = PREFIX + tornLength;
            }
            int step = (int) Math.min(left, tornRest);
            tornRest -= step;
            left -= step;
            if (tornRest == 0) {
                packets++;
                packetBytes += tornLength;
            }
            take(step);
        }
        counters.sent(packets, packetBytes);
    }

    private void take(int size) {
        starts[head] += size;
        bytes -= size;
        if (starts[head] == ends[head]) {
            pop();
        }
    }

    /** Drops everything, counted as {@link DropReason#PORT_CLOSED}, and gives the memory back. */
    void clear() {
        int frames = 0;
        if (tornRest > 0) {
            frames++;
            int rest = tornRest;
            tornRest = 0;
            take(rest);
        }
        while (bytes > 0) {
            frames++;
            removeHead();
        }
        counters.dropped(DropReason.PORT_CLOSED, frames);
    }
}
