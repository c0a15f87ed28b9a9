package org.lanyard.forward;

import java.util.Arrays;
import java.util.Objects;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.Port;

/**
 * Where ports are plugged in. Any thread may plug and unplug, under a lock that no frame meets:
 * forwarders read the published {@link Topology}.
 */
public final class Fabric {
    private static final int ANY_VLAN = -1;

    private final Fdb fdb;
    private Port[] bySlot;
    private volatile Topology topology = new Topology(new Port[0], new Port[0]);

    /**
     * @param maxPorts ports plugged in at once
     */
    public Fabric(Fdb fdb, int maxPorts) {
        this.fdb = fdb;
        this.bySlot = new Port[maxPorts];
    }

    public Fdb fdb() {
        return fdb;
    }

    public Topology topology() {
        return topology;
    }

    public int maxPorts() {
        return bySlot.length;
    }

    /**
     * Gives the port the lowest free slot; from now on frames go to it.
     *
     * @return false when all slots are taken
     */
    public synchronized boolean plug(Port port) {
        assert port.slot() == Port.UNPLUGGED;
        for (int slot = 0; slot < bySlot.length; slot++) {
            if (bySlot[slot] == null) {
                bySlot[slot] = port;
                port.plugAt(slot);
                publish();
                return true;
            }
        }
        return false;
    }

    /** Takes the port out and forgets the addresses behind it, before its slot can be reused. */
    public synchronized void unplug(Port port) {
        int slot = port.slot();
        if (slot == Port.UNPLUGGED) {
            return;
        }
        bySlot[slot] = null;
        publish();
        fdb.flush(slot);
        port.plugAt(Port.UNPLUGGED);
    }

    /**
     * Lets a port obey another policy; for the thread that owns it. What was learned behind it in
     * other VLANs is forgotten.
     */
    public synchronized void change(Port port, PortPolicy policy) {
        boolean sameVlans = policy.vlans().equals(port.policy().vlans());
        port.obey(policy);
        publish();
        if (!sameVlans && port.slot() != Port.UNPLUGGED) {
            fdb.flushLearned(port.slot(), ANY_VLAN);
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

    private void publish() {
        Port[] plugged = Arrays.stream(bySlot).filter(Objects::nonNull).toArray(Port[]::new);
        topology = new Topology(bySlot.clone(), plugged);
    }
}
