package org.lanyard.forward;

import java.util.Arrays;
import java.util.stream.Stream;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.Port;

/**
 * The ports that are plugged in at one moment. Immutable. One with a port more or less is made of
 * it by copying, and looks at that port alone.
 */
public final class Topology {
    static final Topology EMPTY = of(new Port[0]);

    private static final int FEW = 16;

    private final Port[] bySlot;
    private final Port[] ports;
    private final int[] slots;
    private final Vlans[] vlansBySlot;
    private final Mirrors mirrors;

    /** How many ports have a policy, and how many say something of VLANs. */
    private final int withPolicy;

    private final int withVlans;

    private Topology(
            Port[] bySlot,
            Port[] ports,
            int[] slots,
            Vlans[] vlansBySlot,
            Mirrors mirrors,
            int withPolicy,
            int withVlans) {
        this.bySlot = bySlot;
        this.ports = ports;
        this.slots = slots;
        this.vlansBySlot = vlansBySlot;
        this.mirrors = mirrors;
        this.withPolicy = withPolicy;
        this.withVlans = withVlans;
    }

    /** Of ports that all have a slot. */
    static Topology of(Port[] ports) {
        int[] slots = Arrays.stream(ports).mapToInt(Port::slot).toArray();
        int highest = Arrays.stream(slots).max().orElse(0);
        Port[] bySlot = new Port[room(highest)];
        Vlans[] vlansBySlot = new Vlans[bySlot.length];
        int withPolicy = 0;
        int withVlans = 0;
        for (Port port : ports) {
            withPolicy += hasPolicy(port);
            withVlans += hasVlans(port);
        }
        for (Port port : ports) {
            bySlot[port.slot()] = port;
            vlansBySlot[port.slot()] = vlansOf(port, withVlans);
        }
        Mirrors mirrors = new Mirrors(ports, bySlot.length);
        return new Topology(bySlot, ports, slots, vlansBySlot, mirrors, withPolicy, withVlans);
    }

    private static int room(int slot) {
        return Math.max(FEW, Integer.highestOneBit(slot) << 1);
    }

    private static int hasPolicy(Port port) {
        return port.policy().equals(PortPolicy.NONE) ? 0 : 1;
    }

    private static int hasVlans(Port port) {
        return port.policy().vlans().isPresent() ? 1 : 0;
    }

    private static Vlans vlansOf(Port port, int withVlans) {
        return port.policy().vlans().orElse(withVlans > 0 ? Vlans.DEFAULT : Vlans.UNAWARE);
    }

    /** With a port more, which has a slot that is free here. */
    Topology with(Port port) {
        int slot = port.slot();
        int count = ports.length;
        int room = Math.max(bySlot.length, room(slot));
        Port[] others = Arrays.copyOf(ports, count + 1);
        others[count] = port;
        int vlanned = withVlans + hasVlans(port);
        if (vlanned > 0 != withVlans > 0
                || room > bySlot.length
                || port.policy().mirror().isPresent()) {
            return of(others);
        }
        int[] theirSlots = Arrays.copyOf(slots, count + 1);
        theirSlots[count] = slot;
        Port[] places = bySlot.clone();
        places[slot] = port;
        Vlans[] vlans = vlansBySlot.clone();
        vlans[slot] = vlansOf(port, vlanned);
        Mirrors watching = mirrors.with(port);
        int policies = withPolicy + hasPolicy(port);
        return new Topology(places, others, theirSlots, vlans, watching, policies, vlanned);
    }

    /** Without a port that is here, at the slot that it still has. */
    Topology without(Port port) {
        int last = ports.length - 1;
        int slot = port.slot();
        int vlanned = withVlans - hasVlans(port);
        if (vlanned > 0 != withVlans > 0 || port.policy().mirror().isPresent()) {
            return of(Stream.of(ports).filter(other -> other != port).toArray(Port[]::new));
        }
        Port[] others = Arrays.copyOf(ports, last);
        int[] theirSlots = Arrays.copyOf(slots, last);
        if (slots[last] != slot) {
            int place = 0;
            while (slots[place] != slot) {
                place++;
            }
            others[place] = ports[last];
            theirSlots[place] = slots[last];
        }
        Port[] places = bySlot.clone();
        places[slot] = null;
        Vlans[] vlans = vlansBySlot.clone();
        vlans[slot] = null;
        int policies = withPolicy - hasPolicy(port);
        return new Topology(places, others, theirSlots, vlans, mirrors, policies, vlanned);
    }

    /** The same ports, one of which obeys something else than before. */
    Topology anew() {
        return of(ports);
    }

    /** Whether no port has a policy: all are in one LAN, and a tag is payload. */
    public boolean isPlain() {
        return withPolicy == 0;
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
        return vlansOf(port, withVlans);
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
