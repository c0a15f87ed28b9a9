package org.lanyard.forward;

import java.util.Arrays;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.Port;

/** The ports that are plugged in at one moment. Immutable. */
public final class Topology {
    private final Port[] bySlot;
    private final Port[] ports;
    private final int[] slots;
    private final Vlans[] vlansBySlot;
    private final boolean isPlain;
    private final Mirrors mirrors;
    private final Vlans silent;

    Topology(Port[] bySlot, Port[] ports) {
        this.bySlot = bySlot;
        this.ports = ports;
        this.slots = Arrays.stream(ports).mapToInt(Port::slot).toArray();
        this.vlansBySlot = new Vlans[bySlot.length];
        boolean anyPolicy = false;
        boolean anyVlans = false;
        for (Port port : ports) {
            anyPolicy |= !port.policy().equals(PortPolicy.NONE);
            anyVlans |= port.policy().vlans().isPresent();
        }
        this.isPlain = !anyPolicy;
        this.mirrors = new Mirrors(ports, bySlot.length);
        this.silent = anyVlans ? Vlans.DEFAULT : Vlans.UNAWARE;
        for (Port port : ports) {
            vlansBySlot[port.slot()] = vlansOf(port);
        }
    }

    /** Whether no port has a policy: all are in one LAN, and a tag is payload. */
    public boolean isPlain() {
        return isPlain;
    }

    /** The slot of port {@code i} in this topology; the port itself may have left it meanwhile. */
    int slot(int i) {
        return slots[i];
    }

    Mirrors mirrors() {
        return mirrors;
    }

    /** The VLANs of the port at a slot that is taken. */
    public Vlans vlansAt(int slot) {
        return vlansBySlot[slot];
    }

    /** The VLANs of a port that need not be plugged in (any more). */
    public Vlans vlansOf(Port port) {
        return port.policy().vlans().orElse(silent);
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
