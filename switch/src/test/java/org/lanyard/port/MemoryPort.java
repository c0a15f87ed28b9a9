package org.lanyard.port;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;

/**
 * A port without a kernel behind it, whose other end are two lists. It keeps the contract of all
 * ports, so what forwarding does with it it does with the others. One thread.
 */
public final class MemoryPort extends KernelPort {
    private static final int PREFIX = StreamFormat.PREFIX;

    private final Deque<byte[]> incoming = new ArrayDeque<>();
    private final List<byte[]> sent = new ArrayList<>();
    private final Backlog backlog;
    private long room = Long.MAX_VALUE;

    public MemoryPort(String name, ChunkPool pool, int backlogLimit) {
        this(name, new PortCounters(), pool, backlogLimit);
    }

    private MemoryPort(String name, PortCounters counters, ChunkPool pool, int backlogLimit) {
        super(name, counters, -1);
        this.backlog = new Backlog(pool, counters, backlogLimit);
    }

    /** How many more frames leave before the others have to wait. */
    public void roomFor(long frames) {
        room = frames;
    }

    /** What {@link #fill} is to bring. */
    public void arrive(byte[] frame) {
        incoming.add(frame);
    }

    /** The frames that left since the last call. */
    public List<byte[]> takeSent() {
        List<byte[]> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    /** Bytes waiting, prefixes included. */
    public int waiting() {
        return backlog.bytes();
    }

    @Override
    public void limitBacklog(int bytes) {
        backlog.limit(bytes);
    }

    @Override
    public int fill(Slab slab) {
        int end = 0;
        while (!incoming.isEmpty() && end + PREFIX + incoming.peek().length <= Slab.READ_SIZE) {
            byte[] frame = incoming.remove();
            slab.bytes().putInt(end, frame.length);
            slab.bytes().put(end + PREFIX, frame);
            end += PREFIX + frame.length;
        }
        return end;
    }

    @Override
    public void keepRest(Slab slab, int from, int end) {
        assert from == end : "whole frames only";
    }

    @Override
    public void transmit(Outbox outbox) {
        ByteBuffer slab = outbox.slab().bytes();
        recordTime();
        for (int run = outbox.first(this); run != Outbox.NO_RUN; run = outbox.next(run)) {
            int at = outbox.start(run);
            int end = outbox.end(run);
            int frames = 0;
            while (at < end && backlog.isEmpty() && room > 0) {
                byte[] frame = new byte[slab.getInt(at)];
                slab.get(at + PREFIX, frame);
                send(frame);
                recordSent(slab, at, at + PREFIX + frame.length);
                at += PREFIX + frame.length;
                frames++;
            }
            if (at < end) {
                recordSent(slab, at, backlog.add(slab, at, end));
            } else if (frames != outbox.frames(run)) {
                throw new AssertionError("a run of " + outbox.frames(run) + " has " + frames);
            }
        }
        waitForRoom(!backlog.isEmpty());
    }

    private void send(byte[] frame) {
        room--;
        sent.add(frame);
        counters().sent(1, frame.length);
    }

    @Override
    public void drain() {
        while (!backlog.isEmpty() && room > 0) {
            send(new Pointer(backlog.headFrame()).getByteArray(0, backlog.headLength()));
            backlog.removeHead();
        }
        waitForRoom(!backlog.isEmpty());
    }

    @Override
    public void release() {
        backlog.clear();
    }
}
