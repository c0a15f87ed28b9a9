package org.lanyard.control;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanyard.config.PortConfig;
import org.lanyard.config.PortKind;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.forward.Topology;
import org.lanyard.policy.Vlans;
import org.lanyard.port.Port;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Addresses that somebody put behind a port by name. They are in the forwarding database while that
 * port is up: a port that comes back has them again. Control thread.
 */
final class StaticAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(StaticAddresses.class);

    private final Fabric fabric;
    private final Clock clock;
    private final Map<Long, String> ports = new LinkedHashMap<>();

    StaticAddresses(Fabric fabric, Clock clock) {
        this.fabric = fabric;
        this.clock = clock;
    }

    /** A listening port's are its first guest's. */
    void configure(PortConfig port) {
        boolean listens = port.kind() instanceof PortKind.StreamListen;
        String name = listens ? port.name() + "/1" : port.name();
        int vlan = vlanOf(port.policy().vlans().orElse(Vlans.DEFAULT));
        for (long mac : port.staticMacs()) {
            ports.put(Fdb.key(mac, vlan), name);
        }
    }

    /** A port, with all its guests, has nothing any more. */
    void forget(String port) {
        removeAll(
                ports.entrySet().stream()
                        .filter(
                                e ->
                                        e.getValue().equals(port)
                                                || e.getValue().startsWith(port + "/"))
                        .map(Map.Entry::getKey)
                        .toList());
    }

    /** What the first says of a port's addresses becomes what the other says. */
    void replace(PortConfig was, PortConfig becomes) {
        int vlan = vlanOf(was.policy().vlans().orElse(Vlans.DEFAULT));
        removeAll(was.staticMacs().stream().map(mac -> Fdb.key(mac, vlan)).toList());
        configure(becomes);
        Topology topology = fabric.topology();
        for (int i = 0; i < topology.count(); i++) {
            plugged(topology.port(i));
        }
    }

    private void removeAll(List<Long> keys) {
        keys.forEach(this::remove);
    }

    /** The VLAN that is meant where none is named. */
    static int vlanOf(Vlans vlans) {
        return vlans.pvid() == Vlans.NONE ? Vlans.LOWEST : vlans.pvid();
    }

    /** The port is up: what belongs to it is behind it. */
    void plugged(Port port) {
        for (Map.Entry<Long, String> entry : ports.entrySet()) {
            if (entry.getValue().equals(port.name())) {
                put(entry.getKey(), port);
            }
        }
    }

    private boolean put(long key, Port port) {
        if (fabric.addStatic(key, port, clock.seconds())) {
            return true; // a port that has gone meanwhile has it when it is back
        }
        LOG.warn("port {}: no room for a static address; see mac-table-size", port);
        return false;
    }

    /**
     * @param port that is up under that name, or null
     * @return false when the database has no room for it
     */
    boolean add(long key, String name, Port port) {
        if (port != null && !put(key, port)) {
            return false;
        }
        ports.put(key, name);
        return true;
    }

    /** Static or learned; false when there was none. */
    boolean remove(long key) {
        boolean was = ports.remove(key) != null;
        return fabric.fdb().remove(key) || was;
    }
}
