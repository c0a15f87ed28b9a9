package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;

/**
 * The host, or what lies behind it, on a TAP: one frame a system call. Frames are read behind a gap
 * for their length, so that the slab holds the same format as a stream's.
 */
public final class TapPort extends KernelPort {
    private static final int PREFIX = StreamFormat.PREFIX;

    /** Frames read in one turn, so that a busy host leaves the others their share. */
    private static final int BUDGET = 128;

    private final Backlog backlog;

    /**
     * @param fd a non-blocking TAP without packet information or vnet header
     * @param backlogLimit bytes, at least {@link ChunkPool#CHUNK_SIZE}
     */
    public TapPort(String name, PortCounters counters, int fd, ChunkPool pool, int backlogLimit) {
        super(name, counters, fd);
        this.backlog = new Backlog(pool, counters, backlogLimit);
    }

    @Override
    public void limitBacklog(int bytes) {
        backlog.limit(bytes);
    }

    @Override
    public int fill(Slab slab) {
        int end = 0;
        for (int i = 0;
                i < BUDGET && end + PREFIX + StreamFormat.MAX_FRAME <= Slab.READ_SIZE;
                i++) {
            long length = LibC.read(fd(), slab.address() + end + PREFIX, StreamFormat.MAX_FRAME);
            if (length <= 0) {
                return end > 0 || length < 0 && isAlive(LibC.errno()) ? end : GONE;
            }
            slab.bytes().putInt(end, (int) length);
            end += PREFIX + (int) length;
        }
        return end;
    }

    /** After a read that failed; an interface that is down gives EIO. */
    private static boolean isAlive(int errno) {
        return errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.EIO;
    }

    @Override
    public void keepRest(Slab slab, int from, int end) {
        assert from == end : "a TAP gives whole frames";
    }

    @Override
    public void transmit(Outbox outbox) {
        ByteBuffer slab = outbox.slab().bytes();
        long packets = 0;
        long packetBytes = 0;
        recordTime();
        for (int run = outbox.first(this); run != Outbox.NO_RUN; run = outbox.next(run)) {
            int at = outbox.start(run);
            int end = outbox.end(run);
            while (at < end && backlog.isEmpty()) {
                int length = slab.getInt(at);
                if (LibC.write(fd(), outbox.slab().address() + at + PREFIX, length) >= 0) {
                    packets++;
                    packetBytes += length;
                    recordSent(slab, at, at + PREFIX + length);
                } else if (isFull()) {
                    break;
                }
                at += PREFIX + length;
            }
            if (at < end) {
                recordSent(slab, at, backlog.add(slab, at, end));
            }
        }
        counters().sent(packets, packetBytes);
        waitForRoom(!backlog.isEmpty());
    }

    /** After a write that failed: whether to wait; else the frame is lost and counted. */
    private boolean isFull() {
        int errno = LibC.errno();
        if (errno == Errno.EAGAIN || errno == Errno.EINTR) {
            return true;
        }
        counters()
                .dropped(
                        errno == Errno.EIO ? DropReason.INTERFACE_DOWN : DropReason.WRITE_FAILED,
                        1);
        return false;
    }

    @Override
    public void drain() {
        while (!backlog.isEmpty()) {
            int length = backlog.headLength();
            if (LibC.write(fd(), backlog.headFrame(), length) >= 0) {
                counters().sent(1, length);
            } else if (isFull()) {
                return;
            }
            backlog.removeHead();
        }
        waitForRoom(false);
    }

    @Override
    public void release() {
        backlog.clear();
    }
}
