package org.lanyard.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A port's counters. The thread that owns the port writes, and others only by {@link
 * #droppedByAnother}; any thread reads, and sees each counter rise, though not two of them at the
 * same instant. Packets are frames; bytes are without the stream's length prefix, as the guest
 * would count them after padding.
 *
 * <p>Received is each whole frame that came in, whatever became of it then: it left by one port or
 * more, or is counted under a {@link DropReason}. What never was a whole frame ({@link
 * DropReason#RUNT}, {@link DropReason#OVERSIZE}, {@link DropReason#TRUNCATED}, {@link
 * DropReason#NOT_READ}) is counted as dropped and not as received.
 */
public final class PortCounters {
    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int RX_PACKETS = 0;
    private static final int RX_BYTES = 1;
    private static final int TX_PACKETS = 2;
    private static final int TX_BYTES = 3;
    private static final int DROPS = 4;

    private static final int EFFECTS = DROPS + DropReason.values().length;

    private final long[] values = new long[EFFECTS + WireEffect.values().length];

    /** Drops that threads counted that do not own the port, by the reason's ordinal. */
    private final AtomicLongArray foreign = new AtomicLongArray(DropReason.values().length);

    private void add(int index, long amount) {
        VALUE.setOpaque(values, index, (long) VALUE.getOpaque(values, index) + amount);
    }

    /** Adds all that others counted. */
    public void add(PortCounters others) {
        for (int i = 0; i < values.length; i++) {
            add(i, others.get(i));
        }
    }

    private long get(int index) {
        long own = (long) VALUE.getOpaque(values, index);
        return index < DROPS || index >= EFFECTS ? own : own + foreign.get(index - DROPS);
    }

    public void received(long packets, long bytes) {
        add(RX_PACKETS, packets);
        add(RX_BYTES, bytes);
    }

    public void sent(long packets, long bytes) {
        add(TX_PACKETS, packets);
        add(TX_BYTES, bytes);
    }

    public void dropped(DropReason reason, long packets) {
        if (packets != 0) {
            add(DROPS + reason.ordinal(), packets);
        }
    }

    /** As {@link #dropped}, for any thread: the port by which a frame was to leave is another's. */
    public void droppedByAnother(DropReason reason, long packets) {
        foreign.addAndGet(reason.ordinal(), packets);
    }

    /** An impaired wire did this to a frame. */
    public void met(WireEffect effect) {
        add(EFFECTS + effect.ordinal(), 1);
    }

    public long rxPackets() {
        return get(RX_PACKETS);
    }

    public long rxBytes() {
        return get(RX_BYTES);
    }

    public long txPackets() {
        return get(TX_PACKETS);
    }

    public long txBytes() {
        return get(TX_BYTES);
    }

    public long drops(DropReason reason) {
        return get(DROPS + reason.ordinal());
    }

    public long drops() {
        long sum = 0;
        for (int i = DROPS; i < EFFECTS; i++) {
            sum += get(i);
        }
        return sum;
    }

    /** Frames that met it, in either direction. */
    public long effects(WireEffect effect) {
        return get(EFFECTS + effect.ordinal());
    }
}
