package org.lanyard.forward;

import org.lanyard.port.Port;

/** The ports that are plugged in at one moment. Immutable. */
public final class Topology {
    private final Port[] bySlot;
    private final Port[] ports;

    Topology(Port[] bySlot, Port[] ports) {
        this.bySlot = bySlot;
        this.ports = ports;
    }

    /** The port at a slot, or null. */
    public Port at(int slot) {
        return slot >= 0 && slot < bySlot.length ? bySlot[slot] : null;
    }

    public int count() {
        return ports.length;
    }

    /** Port {@code i} of {@link #count()}, in no particular order. */
    public Port port(int i) {
        return ports[i];
    }
}
