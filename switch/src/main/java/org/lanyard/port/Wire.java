package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.WireEffect;
import org.lanyard.policy.Impairment;

/**
 * One direction of a port's impaired wire: frames go in by {@link #carries} and come out by {@link
 * #release}, never before they are due. What it is to do is what tc-netem(8) and wirefilter(1)
 * know; unlike netem's, its jitter changes no order. Owned by the port's thread.
 *
 * <pre>
 *   in ─▶ lost? ─▶ twice? ─▶ a bit turned? ─▶ skips? ─▶ rate ─▶ delay ± jitter ─▶ out
 *           │                                   └────────────────────────────────▶ out at once
 *           └▶ counted                       (queue full: counted)
 * </pre>
 *
 * <p>A frame that need not wait, behind none that does, passes without a copy.
 */
public final class Wire {
    /** {@link #due} of a wire with nothing under way. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final int PREFIX = StreamFormat.PREFIX;
    private static final int OVERHEAD = Long.BYTES + PREFIX;
    private static final double NANOS_PER_SECOND = 1e9;

    private final boolean inbound;
    private final int salt;
    private final PortCounters counters;

    // Each record: when it is due, its length, the frame.
    private final ChunkRing ring;

    private Impairment impairment;
    private Dice dice;
    private Runnable watcher = () -> {};
    private boolean begun;
    private long lastDue;
    private long lineFree;

    /**
     * @param inbound towards the switch: what is lost on it has been received
     * @param port its name: wires of other ports hit other frames with the same seed
     * @param counters of the port
     */
    public Wire(
            Impairment impairment,
            boolean inbound,
            String port,
            PortCounters counters,
            ChunkPool pool) {
        this.inbound = inbound;
        this.salt = 2 * port.hashCode() + (inbound ? 1 : 0);
        this.counters = counters;
        this.ring = new ChunkRing(pool, Impairment.LARGEST_QUEUE);
        change(impairment);
    }

    /**
     * @param newWatcher told on the port's thread when a frame is under way and none was before
     */
    public void watchBy(Runnable newWatcher) {
        watcher = newWatcher;
    }

    /** From now on it does this; the dice begin anew, and what is under way comes as it would. */
    public void change(Impairment next) {
        impairment = next;
        dice = new Dice(next, salt);
    }

    public Impairment impairment() {
        return impairment;
    }

    /** Whether frames pass as if it were not there. */
    public boolean isIdle() {
        return impairment.isNone() && ring.isEmpty();
    }

    /**
     * Sends a frame on its way.
     *
     * @param at where its length stands, before it
     * @param now nanoseconds of a monotonic clock
     * @return whether it is at the other end already; else it is lost and counted, or comes later
     */
    public boolean carries(ByteBuffer slab, int at, long now) {
        int length = slab.getInt(at);
        if (dice.loses()) {
            lose(DropReason.WIRE_LOST, length);
            return false;
        }
        boolean twice = dice.duplicates();
        boolean passed = copy(slab, at, length, now, false);
        if (twice) {
            counters.met(WireEffect.DUPLICATED);
            copy(slab, at, length, now, true);
        }
        return passed;
    }

    private boolean copy(ByteBuffer slab, int at, int length, long now, boolean mustWait) {
        boolean corrupted = dice.corrupts();
        boolean skips = dice.reorders() && !corrupted && !mustWait;
        if (skips) {
            counters.met(WireEffect.REORDERED);
            return true;
        }
        long begin = begun && lineFree - now > 0 ? lineFree : now;
        long through = begin + onTheLine(length);
        long due = through + dice.delay();
        if (!ring.isEmpty() && lastDue - due > 0) {
            due = lastDue;
        }
        boolean waits = mustWait || corrupted || due - now > 0 || !ring.isEmpty();
        if (waits) {
            int size = OVERHEAD + length;
            if (ring.bytes() + size > impairment.queueBytes() || !ring.makeRoom(size)) {
                lose(DropReason.WIRE_FULL, length);
                return false;
            }
            boolean first = ring.isEmpty();
            ring.addLong(due);
            ring.add(slab, at, PREFIX + length);
            if (corrupted) {
                turnOneBit(length);
            }
            if (first) {
                watcher.run();
            }
        }
        begun = true;
        lineFree = through;
        lastDue = due;
        return !waits;
    }

    private void lose(DropReason reason, int length) {
        if (inbound) {
            counters.received(1, length);
        }
        counters.dropped(reason, 1);
    }

    private void turnOneBit(int length) {
        counters.met(WireEffect.CORRUPTED);
        int bit = dice.which(length * Byte.SIZE);
        ring.flip(1 + bit / Byte.SIZE, 1 << bit % Byte.SIZE);
    }

    private long onTheLine(int length) {
        long rate = impairment.rateBits();
        return rate == Impairment.NO_RATE
                ? 0
                : Math.round(length * Byte.SIZE * NANOS_PER_SECOND / rate);
    }

    /** When the next frame comes out, nanoseconds of the same clock; or {@link #NEVER}. */
    public long due() {
        return ring.isEmpty() ? NEVER : ring.head().getLong(ring.headAt());
    }

    /**
     * Takes what is due out, as much as a slab's read area holds.
     *
     * @param slab which is filled from its front, in stream format
     * @return behind the last byte; 0 when nothing is due
     */
    public int release(Slab slab, long now) {
        int end = 0;
        while (!ring.isEmpty() && due() - now <= 0) {
            int at = ring.headAt() + Long.BYTES;
            int size = PREFIX + ring.head().getInt(at);
            if (end + size > Slab.READ_SIZE) {
                break;
            }
            slab.bytes().put(end, ring.head(), at, size);
            end += size;
            ring.remove(Long.BYTES + size);
        }
        return end;
    }

    /** Drops what is under way, counted as {@link DropReason#PORT_CLOSED}. */
    public void cut() {
        while (!ring.isEmpty()) {
            int length = ring.head().getInt(ring.headAt() + Long.BYTES);
            lose(DropReason.PORT_CLOSED, length);
            ring.remove(OVERHEAD + length);
        }
    }
}
