package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.tapio.IoVec;

/**
 * The frames that a port's kernel side has not taken yet: a bounded queue of bytes in stream
 * format. A frame lies whole in one chunk, so a chunk is one piece of a {@code writev} and a frame
 * one piece for a TAP. What does not fit is dropped at the tail and counted; what left is counted
 * as sent when its last byte went. Owned by the port's thread.
 */
final class Backlog {
    private static final int PREFIX = StreamFormat.PREFIX;

    private final PortCounters counters;
    private final ChunkRing ring;

    /** Of the frame at the head, when part of it has left: bytes to go and its whole length. */
    private int tornRest;

    private int tornLength;

    /**
     * @param limit bytes, prefixes included, at least {@link ChunkPool#CHUNK_SIZE}
     */
    Backlog(ChunkPool pool, PortCounters counters, int limit) {
        this.counters = counters;
        this.ring = new ChunkRing(pool, limit);
    }

    /** From now on so many bytes may wait; any thread. */
    void limit(int bytes) {
        ring.limit(bytes);
    }

    boolean isEmpty() {
        return ring.isEmpty();
    }

    /** Bytes waiting, prefixes included. */
    int bytes() {
        return ring.bytes();
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
        ring.push();
        ring.add(slab, at, end - at);
        tornRest = end - at;
        tornLength = length;
    }

    /**
     * Takes as many whole frames as there is room for; drops and counts the others.
     *
     * @return behind the last one that it took
     */
    int add(ByteBuffer slab, int start, int end) {
        int at = start;
        while (at < end) {
            int frame = StreamFormat.size(slab, at);
            if (!ring.makeRoom(frame)) {
                drop(slab, at, end);
                return at;
            }
            int stop = at + frame;
            int room = ring.room();
            while (stop < end) {
                int following = StreamFormat.size(slab, stop);
                if (stop + following - at > room) {
                    break;
                }
                stop += following;
            }
            ring.add(slab, at, stop - at);
            at = stop;
        }
        return at;
    }

    private void drop(ByteBuffer slab, int start, int end) {
        int frames = 0;
        for (int at = start; at < end; at += StreamFormat.size(slab, at)) {
            frames++;
        }
        counters.dropped(DropReason.BACKLOG_FULL, frames);
    }

    /** Lists the waiting pieces from the head on, as many as the array takes. */
    void fill(IoVec pieces) {
        ring.fill(pieces);
    }

    /** Address of the frame at the head, behind its prefix: for ports that write frame by frame. */
    long headFrame() {
        return ring.headAddress() + PREFIX;
    }

    /** Length of the frame at the head, in bytes. */
    int headLength() {
        return SuperFrame.length(headPrefix());
    }

    /** That of the frame at the head, which may be a {@link SuperFrame}. */
    int headPrefix() {
        return ring.head().getInt(ring.headAt());
    }

    /** The chunk that holds the frame at the head. */
    ByteBuffer headBytes() {
        return ring.head();
    }

    /** Where the frame at the head stands in it, behind its prefix. */
    int headOffset() {
        return ring.headAt() + PREFIX;
    }

    /** Removes the frame at the head, which the caller has counted. */
    void removeHead() {
        assert tornRest == 0;
        ring.remove(PREFIX + headLength());
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
            ring.remove(step);
        }
        counters.sent(packets, packetBytes);
    }

    /** Drops everything, counted as {@link DropReason#PORT_CLOSED}, and gives the memory back. */
    void clear() {
        int frames = 0;
        if (tornRest > 0) {
            frames++;
            int rest = tornRest;
            tornRest = 0;
            ring.remove(rest);
        }
        while (!ring.isEmpty()) {
            frames++;
            removeHead();
        }
        counters.dropped(DropReason.PORT_CLOSED, frames);
    }
}
