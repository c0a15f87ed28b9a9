package org.lanyard.port;

import org.lanyard.frame.PortCounters;
import org.lanyard.policy.Limits;
import org.lanyard.policy.PortPolicy;

/**
 * A port of the switch as forwarding sees it: a name, counters, and a way out for frames. It is
 * plugged into the fabric at one slot at a time. All but the name, the slot and the counters is for
 * the owning worker's thread.
 */
public abstract class Port {
    /** The slot of a port that is not plugged in. */
    public static final int UNPLUGGED = -1;

    private final String name;
    private final PortCounters counters;
    private volatile int slot = UNPLUGGED;
    private int worker;
    private PortPolicy policy = PortPolicy.NONE;
    private Meters meters;

    protected Port(String name, PortCounters counters) {
        this.name = name;
        this.counters = counters;
    }

    public final String name() {
        return name;
    }

    public final PortCounters counters() {
        return counters;
    }

    /** The fabric's small number for this port, or {@link #UNPLUGGED}. */
    public final int slot() {
        return slot;
    }

    /** For the fabric alone. */
    public final void plugAt(int newSlot) {
        slot = newSlot;
    }

    /** What its configuration says about its frames. */
    public final PortPolicy policy() {
        return policy;
    }

    /** Before the port is plugged in, so that not one frame passes without it. */
    public final void obey(PortPolicy newPolicy) {
        assert slot == UNPLUGGED;
        policy = newPolicy;
        boolean limited = !newPolicy.limits().equals(Limits.NONE);
        meters = limited ? new Meters(newPolicy.limits()) : null;
    }

    /**
     * Whether a frame may come in by the port's limits, which then count it.
     *
     * @param now nanoseconds
     */
    public final boolean letsIn(int length, long now) {
        return meters == null || meters.letsIn(length, now);
    }

    /** Whether a frame that came in may be flooded, which is then counted. */
    public final boolean letsFlood(long destination, long now) {
        return meters == null || meters.letsFlood(destination, now);
    }

    final boolean limitsEgress() {
        return meters != null && meters.limitsEgress();
    }

    final boolean letsOut(int length, long now) {
        return meters.letsOut(length, now);
    }

    /** The number of the worker that owns the port; set before the port is plugged in. */
    public final int worker() {
        return worker;
    }

    /** For the worker that takes the port. */
    public final void ownedBy(int newWorker) {
        worker = newWorker;
    }

    /**
     * Sends, keeps or drops and counts every frame of this port's runs, without waiting. Afterwards
     * the runs' slab may be used again.
     */
    public abstract void transmit(Outbox outbox);

    @Override
    public final String toString() {
        return name;
    }
}
