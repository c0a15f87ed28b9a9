package org.lanyard.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A port's counters. The thread that owns the port writes; any thread reads, and sees each counter
 * rise, though not two of them at the same instant. Packets are frames; bytes are without the
 * stream's length prefix, as the guest would count them after padding.
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
        return (long) VALUE.getOpaque(values, index);
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
