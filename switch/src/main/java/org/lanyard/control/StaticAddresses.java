package org.lanyard.control;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * port is up: a port that comes back has them again, but of a listening port's guests only one that
 * comes to it alone. A guest that takes the number of one that left gets nothing of its. Control
 * thread.
 */
final class StaticAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(StaticAddresses.class);

    private final Fabric fabric;
    private final Clock clock;
    private final Map<Long, String> ports = new LinkedHashMap<>();

    /** Ports that are up and have what belongs to their name. */
    private final Set<Port> holders = new HashSet<>();

    StaticAddresses(Fabric fabric, Clock clock) {
        this.fabric = fabric;
        this.clock = clock;
    }

    /** A listening port's are its first guest's. */
    void configure(PortConfig port) {
        boolean listens = port.kind() instanceof PortKind.StreamListen;
        String name = listens ? port.name() + "/1" : port.name();
        keys(port).forEach(key -> ports.put(key, name));
    }

    private static List<Long> keys(PortConfig port) {
        Vlans vlans = port.policy().vlans().orElse(Vlans.DEFAULT);
        return port.staticMacs().stream()
                .filter(mac -> mac.vlanAt(vlans) != Vlans.NONE)
                .map(mac -> Fdb.key(mac.mac(), mac.vlanAt(vlans)))
                .toList();
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
        removeAll(keys(was));
        configure(becomes);
        Topology topology = fabric.topology();
        for (int i = 0; i < topology.count(); i++) {
            if (holders.contains(topology.port(i))) {
                putAll(topology.port(i));
            }
        }
    }

    private void removeAll(List<Long> keys) {
        keys.forEach(this::remove);
    }

    /**
     * The port is up: what belongs to its name is behind it.
     *
     * @param first false for a guest of which its number says nothing
     */
    void plugged(Port port, boolean first) {
        if (first) {
            holders.add(port);
            putAll(port);
        }
    }

    void departed(Port port) {
        holders.remove(port);
    }

    private void putAll(Port port) {
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
