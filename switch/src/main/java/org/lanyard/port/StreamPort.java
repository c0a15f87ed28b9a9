package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.LibC;

/**
 * A guest (or another switch) on a stream socket, unix or TCP, in QEMU's framing. One read a turn,
 * one {@code writev} a flush.
 */
public final class StreamPort extends KernelPort {
    private static final int PREFIX = StreamFormat.PREFIX;

    private final ChunkPool pool;
    private final Backlog backlog;

    /** For this worker's writes, shared by its ports. */
    private final IoVec pieces;

    private Chunk rest;
    private int restSize;
    private volatile boolean halfFrame;
    private boolean greeted;
    private boolean noAnswer;
    private int firstLength;

    /**
     * @param fd a connected non-blocking stream socket
     * @param pieces scratch of the owning worker's thread
     * @param backlogLimit bytes, at least {@link ChunkPool#CHUNK_SIZE}
     */
    public StreamPort(
            String name,
            PortCounters counters,
            int fd,
            ChunkPool pool,
            IoVec pieces,
            int backlogLimit) {
        super(name, counters, fd);
        this.pool = pool;
        this.pieces = pieces;
        this.backlog = new Backlog(pool, counters, backlogLimit);
    }

    @Override
    public void limitBacklog(int bytes) {
        backlog.limit(bytes);
    }

    @Override
    public int fill(Slab slab) {
        long count = LibC.read(fd(), slab.address() + restSize, slab.room(restSize));
        if (count < 0) {
            return isTransient(LibC.errno()) ? NOTHING : noAnswer ? NO_ANSWER : GONE;
        }
        if (count == 0) {
            return noAnswer ? NO_ANSWER : GONE;
        }
        if (restSize > 0) {
            slab.bytes().put(0, rest.bytes(), 0, restSize);
        }
        int end = restSize + (int) count;
        forgetRest();
        if (!greeted && end >= PREFIX) {
            greeted = true;
            firstLength = slab.bytes().getInt(0);
            if (firstLength < StreamFormat.MIN_HEADER || !StreamFormat.isPlausible(firstLength)) {
                boolean runt = firstLength >= 0 && firstLength < StreamFormat.MIN_HEADER;
                counters().dropped(runt ? DropReason.RUNT : DropReason.OVERSIZE, 1);
                return NOT_FRAMES;
            }
        }
        return end;
    }

    /** The first four bytes of the connection, as a big-endian number; 0 before they came. */
    public int firstLength() {
        return firstLength;
    }

    @Override
    public void keepRest(Slab slab, int from, int end) {
        int size = end - from;
        if (size > 0) {
            rest = pool.take();
            rest.bytes().put(0, slab.bytes(), from, size);
            restSize = size;
        }
        if (halfFrame != (size > 0)) {
            halfFrame = size > 0;
        }
    }

    private void forgetRest() {
        if (rest != null) {
            pool.giveBack(rest);
            rest = null;
            restSize = 0;
        }
    }

    /** Whether the other end has sent a part of a frame and owes the rest; for any thread. */
    public boolean hasHalfFrame() {
        return halfFrame;
    }

    @Override
    public void transmit(Outbox outbox) {
        int run = outbox.first(this);
        recordTime();
        while (run != Outbox.NO_RUN && backlog.isEmpty()) {
            int first = run;
            pieces.clear();
            while (run != Outbox.NO_RUN && !pieces.isFull()) {
                int start = outbox.start(run);
                pieces.add(outbox.slab().address() + start, outbox.end(run) - start);
                run = outbox.next(run);
            }
            long written = pieces.writeTo(fd());
            if (written < 0 && !isTransient(LibC.errno())) {
                dropRuns(outbox, first);
                return;
            }
            account(outbox, first, run, Math.max(written, 0));
        }
        for (; run != Outbox.NO_RUN; run = outbox.next(run)) {
            ByteBuffer slab = outbox.slab().bytes();
            int start = outbox.start(run);
            recordSent(slab, start, backlog.add(slab, start, outbox.end(run)));
        }
        waitForRoom(!backlog.isEmpty());
    }

    /** The kernel tells only once, to a read or a write, that it gave the other end up. */
    private boolean isTransient(int errno) {
        noAnswer |= errno == Errno.ETIMEDOUT || errno == Errno.EHOSTUNREACH;
        return errno == Errno.EAGAIN || errno == Errno.EINTR;
    }

    /** Counts the frames that left, of the runs up to a last one, and keeps the others. */
    private void account(Outbox outbox, int first, int last, long written) {
        long left = written;
        long packets = 0;
        long packetBytes = 0;
        ByteBuffer slab = outbox.slab().bytes();
        for (int run = first; run != last; run = outbox.next(run)) {
            int at = outbox.start(run);
            int end = outbox.end(run);
            if (left >= end - at) {
                left -= end - at;
                packets += outbox.frames(run);
                packetBytes += end - at - (long) PREFIX * outbox.frames(run);
                recordSent(slab, at, end);
                continue;
            }
            int start = at;
            while (left > 0) {
                int length = slab.getInt(at);
                int size = PREFIX + length;
                if (left >= size) {
                    packets++;
                    packetBytes += length;
                } else {
                    backlog.addRest(slab, at + (int) left, at + size, length);
                }
                left = Math.max(0, left - size);
                at += size;
            }
            recordSent(slab, start, backlog.add(slab, at, end));
        }
        counters().sent(packets, packetBytes);
    }

    private void dropRuns(Outbox outbox, int first) {
        for (int run = first; run != Outbox.NO_RUN; run = outbox.next(run)) {
            counters().dropped(DropReason.PORT_CLOSED, outbox.frames(run));
        }
    }

    @Override
    public void drain() {
        while (!backlog.isEmpty()) {
            pieces.clear();
            backlog.fill(pieces);
            long written = pieces.writeTo(fd());
            if (written < 0) {
                if (!isTransient(LibC.errno())) {
                    backlog.clear();
                    break;
                }
                return;
            }
            long offered = pieces.total();
            backlog.sent(written);
            if (written < offered) {
                return;
            }
        }
        waitForRoom(false);
    }

    @Override
    public void release() {
        backlog.clear();
        if (restSize > 0) {
            counters().dropped(DropReason.TRUNCATED, 1);
        }
        forgetRest();
    }
}
