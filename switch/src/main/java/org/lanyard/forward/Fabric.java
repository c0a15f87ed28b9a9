package org.lanyard.forward;

import java.util.BitSet;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.Port;

/**
 * Where ports are plugged in. Any thread may plug and unplug, under a lock that no frame meets:
 * forwarders read the published {@link Topology}.
 */
public final class Fabric {
    private final Fdb fdb;
    private final int maxPorts;

    /** Slots that a port has. */
    private final BitSet taken = new BitSet();

    private volatile Topology topology = Topology.EMPTY;

    /**
     * @param maxPorts ports plugged in at once
     */
    public Fabric(Fdb fdb, int maxPorts) {
        this.fdb = fdb;
        this.maxPorts = maxPorts;
    }

    public Fdb fdb() {
        return fdb;
    }

    public Topology topology() {
        return topology;
    }

    public int maxPorts() {
        return maxPorts;
    }

    /**
     * Gives the port the lowest free slot; from now on frames go to it.
     *
     * @return false when all slots are taken
     */
    public synchronized boolean plug(Port port) {
        assert port.slot() == Port.UNPLUGGED;
        int slot = freeSlot();
        while (slot == Port.UNPLUGGED && taken.cardinality() < maxPorts) {
            fdb.sweep();
            slot = freeSlot();
        }
        if (slot == Port.UNPLUGGED) {
            return false;
        }
        taken.set(slot);
        port.plugAt(slot);
        fdb.guard(slot, port.policy().guarding());
        topology = topology.with(port);
        return true;
    }

    private int freeSlot() {
        for (int slot = taken.nextClearBit(0);
                slot < maxPorts;
                slot = taken.nextClearBit(slot + 1)) {
            if (fdb.isVacant(slot)) {
                return slot;
            }
        }
        return Port.UNPLUGGED;
    }

    /** Takes the port out; its slot is given to none before the addresses behind it are gone. */
    public synchronized void unplug(Port port) {
        int slot = port.slot();
        if (slot == Port.UNPLUGGED) {
            return;
        }
        topology = topology.without(port);
        fdb.guard(slot, false);
        fdb.vacate(slot);
        taken.clear(slot);
        port.plugAt(Port.UNPLUGGED);
    }

    /**
     * Lets a port obey another policy; for the thread that owns it. What was learned behind it in
     * other VLANs is forgotten.
     */
    public synchronized void change(Port port, PortPolicy policy) {
        boolean sameVlans = policy.vlans().equals(port.policy().vlans());
        port.obey(policy);
        if (port.slot() != Port.UNPLUGGED) {
            fdb.guard(port.slot(), policy.guarding());
        }
        topology = topology.anew();
        if (!sameVlans && port.slot() != Port.UNPLUGGED) {
            fdb.unlearn(port.slot());
        }
    }

    /**
     * Puts an address behind a port that is plugged in; when the port goes, it goes.
     *
     * @param now seconds, for the FDB
     * @return false when the FDB has no room for it
     */
    public synchronized boolean addStatic(long key, Port port, int now) {
        return port.slot() == Port.UNPLUGGED || fdb.addStatic(key, port.slot(), now);
    }
}
