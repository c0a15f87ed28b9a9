package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.offload.Coalescer;
import org.lanyard.offload.HeldFlow;
import org.lanyard.offload.IntakeCutter;
import org.lanyard.offload.VirtioHeader;
import org.lanyard.tapio.LibC;

/**
 * An interface of the kernel's on a descriptor of which one call moves one frame with a vnet header
 * in front, which may be up to 64 KiB of a flow. What comes in so passes whole to other ports of
 * this kind; segments that leave in a burst leave as one.
 */
abstract class FramePort extends KernelPort {
    static final int PREFIX = StreamFormat.PREFIX;
    static final int HEADER = VirtioHeader.SIZE;

    /** Frames read in one turn, so that a busy interface leaves the others their share. */
    static final int BUDGET = 128;

    // What became of a write.
    private static final int SENT = 0;
    private static final int LOST = 1;
    private static final int FULL = 2;

    /** Of the worker, shared by its ports of this kind. */
    final Offloads with;

    private final Backlog backlog;
    private final boolean offloads;
    private final Coalescer.Sink sink = this::sendHeld;

    // Of one transmit.
    private Slab slab;
    private long sentPackets;
    private long sentBytes;

    /**
     * @param fd non-blocking, with vnet headers of {@link VirtioHeader#SIZE} bytes
     * @param with of the owning worker's thread
     * @param offloads whether super-frames may be written to it
     * @param backlogLimit bytes, at least {@link ChunkPool#CHUNK_SIZE}
     */
    FramePort(
            String name,
            PortCounters counters,
            int fd,
            ChunkPool pool,
            Offloads with,
            boolean offloads,
            int backlogLimit) {
        super(name, counters, fd);
        this.with = with;
        this.offloads = offloads;
        this.backlog = new Backlog(pool, counters, backlogLimit);
    }

    /**
     * Why a frame that the kernel refused is lost, or null where it is to be written again when
     * there is room.
     */
    abstract DropReason refused(int errno);

    /** Whether the kernel would lose what is written to it, and not say so. */
    boolean isDown() {
        return false;
    }

    /**
     * Whether an interface takes a frame of that length; asked where the kernel would not look, for
     * the frame is to be part of a super-frame or a piece of one.
     */
    boolean fits(ByteBuffer bytes, int offset, int length) {
        return true;
    }

    /**
     * Whether the kernel refuses a frame that {@link #fits}, unless it is part of a super-frame.
     */
    boolean isRefusedPlain(ByteBuffer bytes, int offset, int length) {
        return false;
    }

    /** Where frames are looked at one by one as they leave, they have to be frames. */
    @Override
    public boolean takesSuperFrames() {
        return offloads && !shapesEgress();
    }

    @Override
    public void limitBacklog(int bytes) {
        backlog.limit(bytes);
    }

    /**
     * Makes a frame complete whose header {@link Offloads#header} has read, or frames of it.
     *
     * @param at where its prefix goes
     * @return where that of the next frame goes
     */
    final int settle(Slab slab, int at, int length) {
        int prefix = length > 0 ? with.header.settle(slab.bytes(), at + PREFIX, length) : 0;
        if (prefix == 0) {
            return lose(at, length);
        }
        if (SuperFrame.isSuper(prefix)) {
            if (with.header.isForNobodyWhole()) {
                int behind = with.cutter.cut(with.header, slab, at, prefix);
                return behind == IntakeCutter.NO_ROOM ? lose(at, length) : behind;
            }
            slab.holdSuperFrames();
        }
        slab.bytes().putInt(at, prefix);
        return at + PREFIX + length;
    }

    /** Counts a frame of which nothing can be made; the next one goes in its place. */
    final int lose(int at, int length) {
        counters().received(1, Math.max(length, 0));
        counters().dropped(DropReason.NOT_SEGMENTED, 1);
        return at;
    }

    @Override
    public void keepRest(Slab slab, int from, int end) {
        assert from == end : "it gives whole frames";
    }

    @Override
    public void transmit(Outbox outbox) {
        slab = outbox.slab();
        with.coalescer.clear(); // another port's fault may have left something
        sentPackets = 0;
        sentBytes = 0;
        recordTime();
        for (int run = outbox.first(this); run != Outbox.NO_RUN; run = outbox.next(run)) {
            int end = outbox.end(run);
            for (int at = outbox.start(run); at < end; ) {
                int behind = at + StreamFormat.size(slab.bytes(), at);
                if (!hold(at, behind)) {
                    send(at, behind);
                }
                at = behind;
            }
        }
        with.coalescer.flush(sink);
        counters().sent(sentPackets, sentBytes);
        waitForRoom(!backlog.isEmpty());
    }

    /** Whether the frame waits for others of its flow to go with; else it goes, now. */
    private boolean hold(int at, int behind) {
        ByteBuffer bytes = slab.bytes();
        int offset = at + PREFIX;
        if (!takesSuperFrames()) {
            return false;
        }
        if (SuperFrame.isSuper(bytes.getInt(at)) || !fits(bytes, offset, behind - offset)) {
            with.coalescer.flush(sink);
            return false;
        }
        return with.coalescer.add(bytes, at, behind, sink);
    }

    private void sendHeld(HeldFlow flow) {
        int count = flow.count();
        if (count == 1) {
            send(flow.start(0), flow.end(0));
            return;
        }
        int outcome = FULL;
        if (backlog.isEmpty()) {
            with.pieces.clear();
            flow.list(slab.bytes(), slab.address(), with.pieces);
            outcome = writePieces(count);
        }
        for (int i = 0; i < count; i++) {
            account(flow.start(i), flow.end(i), outcome);
        }
    }

    private void send(int at, int behind) {
        int outcome = FULL;
        if (backlog.isEmpty()) {
            ByteBuffer bytes = slab.bytes();
            outcome = write(bytes, at + PREFIX, slab.address() + at + PREFIX, bytes.getInt(at));
        }
        account(at, behind, outcome);
    }

    private void account(int at, int behind, int outcome) {
        ByteBuffer bytes = slab.bytes();
        if (outcome == FULL) {
            recordSent(bytes, at, backlog.add(bytes, at, behind));
        } else if (outcome == SENT) {
            recordSent(bytes, at, behind);
            sentPackets++;
            sentBytes += behind - at - PREFIX;
        }
    }

    /** One frame, from a slab or the backlog. */
    private int write(ByteBuffer bytes, int offset, long address, int prefix) {
        int length = SuperFrame.length(prefix);
        with.pieces.clear();
        if (SuperFrame.isSuper(prefix)) {
            int size = SuperFrame.size(prefix);
            if (!with.header.writeSuper(
                    with.headers.bytes(), HEADER, bytes, offset, length, size)) {
                counters().dropped(DropReason.NOT_SEGMENTED, 1);
                return LOST;
            }
            if (!fits(bytes, offset, with.header.headersSize() + size)) {
                counters().dropped(DropReason.ABOVE_MTU, 1);
                return LOST;
            }
            with.pieces.add(with.headers.address() + HEADER, HEADER);
            with.pieces.add(address, length);
        } else {
            int copied =
                    isRefusedPlain(bytes, offset, length) ? copyHeaders(bytes, offset, length) : 0;
            int struct = copied == 0 ? 0 : HEADER;
            with.pieces.add(with.headers.address() + struct, HEADER + copied);
            with.pieces.add(address + copied, length - copied);
        }
        return writePieces(1);
    }

    private int copyHeaders(ByteBuffer bytes, int offset, int length) {
        return with.header.writeLone(with.headers.bytes(), HEADER, bytes, offset, length);
    }

    /** A frame that is lost is counted. */
    private int writePieces(int frames) {
        if (isDown()) {
            counters().dropped(DropReason.INTERFACE_DOWN, frames);
            return LOST;
        }
        if (with.pieces.writeTo(fd()) >= 0) {
            return SENT;
        }
        DropReason reason = refused(LibC.errno());
        if (reason == null) {
            return FULL;
        }
        counters().dropped(reason, frames);
        return LOST;
    }

    @Override
    public void drain() {
        while (!backlog.isEmpty()) {
            int length = backlog.headLength();
            int outcome =
                    write(
                            backlog.headBytes(),
                            backlog.headOffset(),
                            backlog.headFrame(),
                            backlog.headPrefix());
            if (outcome == FULL) {
                return;
            }
            if (outcome == SENT) {
                counters().sent(1, length);
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
