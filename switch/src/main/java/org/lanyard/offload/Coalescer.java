package org.lanyard.offload;

import java.nio.ByteBuffer;
import org.lanyard.frame.StreamFormat;

/**
 * Sorts the frames of a burst by flow, for those that follow one another in a TCP flow to leave as
 * one super-frame. One thread's; allocates nothing after its constructor.
 *
 * <pre>
 *   a1 b1 a2 b2 a3 ──▶ add ──▶ HeldFlow a: a1 a2 a3 ──▶ sink, when the burst ends or the flow has
 *                              HeldFlow b: b1 b2        to go first
 * </pre>
 *
 * <p>Within a flow order is kept, as the kernel's GRO does it; a frame of another may overtake
 * those that are held. What is neither TCP nor UDP, or a fragment, overtakes nobody.
 */
public final class Coalescer implements AutoCloseable {
    /** Frames in one super-frame, at most. */
    public static final int MOST_FRAMES = 64;

    /** Flows that are held at once; for another one the longest held goes. */
    static final int FLOWS = 8;

    /** Where held frames go. */
    @FunctionalInterface
    public interface Sink {
        /**
         * @param flow of one frame or more; not to be kept
         */
        void send(HeldFlow flow);
    }

    private final Headers headers = new Headers();

    /** The first are held, in the order of their first frames; there is room for one more. */
    private final HeldFlow[] flows = new HeldFlow[FLOWS + 1];

    private int held;

    public Coalescer() {
        for (int i = 0; i < flows.length; i++) {
            flows[i] = new HeldFlow();
        }
    }

    /** Forgets what is held. */
    public void clear() {
        held = 0;
    }

    /**
     * Takes the next frame of a burst.
     *
     * @param at of its length prefix
     * @param end behind the frame
     * @param sink gets first what has to go before it
     * @return whether it is held; else it goes by itself, now
     */
    public boolean add(ByteBuffer bytes, int at, int end, Sink sink) {
        int offset = at + StreamFormat.PREFIX;
        if (!headers.parse(bytes, offset, end - offset)) {
            flush(sink);
            return false;
        }
        if (!headers.isTcp()) {
            return false;
        }
        long key = headers.flowKey(bytes);
        int index = find(key);
        if (index < held) {
            if (flows[index].add(bytes, headers, at, end)) {
                return true;
            }
            send(index, sink);
        }
        if (!flows[held].begin(bytes, headers, key, at, end)) {
            return false;
        }
        held++;
        if (held > FLOWS) {
            send(0, sink);
        }
        return true;
    }

    private int find(long key) {
        int index = 0;
        while (index < held && flows[index].key() != key) {
            index++;
        }
        return index;
    }

    private void send(int index, Sink sink) {
        HeldFlow flow = flows[index];
        held--;
        for (int i = index; i < held; i++) {
            flows[i] = flows[i + 1];
        }
        flows[held] = flow;
        sink.send(flow);
    }

    /** Gives all that is held to the sink. */
    public void flush(Sink sink) {
        int count = held;
        held = 0;
        for (int i = 0; i < count; i++) {
            sink.send(flows[i]);
        }
    }

    @Override
    public void close() {
        for (HeldFlow flow : flows) {
            flow.close();
        }
    }
}
