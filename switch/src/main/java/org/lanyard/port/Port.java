package org.lanyard.port;

import java.nio.ByteBuffer;
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
    private Wire wireIn;
    private Wire wireOut;
    private Recorder recorder;

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

    /** Before the port is plugged in, so that not one frame passes without it; or by its owner. */
    public final void obey(PortPolicy newPolicy) {
        if (meters == null || !newPolicy.limits().equals(policy.limits())) {
            boolean limited = !newPolicy.limits().equals(Limits.NONE);
            meters = limited ? new Meters(newPolicy.limits()) : null;
        }
        policy = newPolicy;
    }

    /** What frames pass on their way to the switch, or null. */
    public final Wire wireIn() {
        return wireIn;
    }

    /** What frames pass that the switch sends, or null. */
    public final Wire wireOut() {
        return wireOut;
    }

    /** For the worker that has the port: null where nothing is between it and its other end. */
    public final void wire(Wire in, Wire out) {
        wireIn = in;
        wireOut = out;
    }

    /** Who is shown the port's frames, or null. */
    public final Recorder recorder() {
        return recorder;
    }

    /** Before the port is plugged in, or by its owner: null where nobody captures any more. */
    public final void recordBy(Recorder newRecorder) {
        recorder = newRecorder;
    }

    /** For {@link #transmit}: something is about to be written. */
    protected final void recordTime() {
        if (recorder != null) {
            recorder.beforeSending();
        }
    }

    /** For {@link #transmit}: these frames in stream format were written, or wait to be. */
    protected final void recordSent(ByteBuffer slab, int start, int end) {
        if (recorder != null) {
            recorder.sent(slab, start, end);
        }
    }

    /** Whether {@link #letsIn} or {@link #letsFlood} has anything to count. */
    public final boolean limitsIngress() {
        return meters != null;
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

    /** Whether frames that are to leave are looked at one by one. */
    final boolean shapesEgress() {
        return wireOut != null || meters != null && meters.limitsEgress();
    }

    final boolean letsOut(int length, long now) {
        return meters == null || meters.letsOut(length, now);
    }

    /** Whether {@link org.lanyard.frame.SuperFrame}s may leave by it; others are cut up before. */
    public boolean takesSuperFrames() {
        return false;
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
