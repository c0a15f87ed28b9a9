package org.lanyard.forward;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lanyard.policy.Mirror;
import org.lanyard.port.Port;

/** The mirrors among the ports that are plugged in, and whom each watches. Immutable. */
final class Mirrors {
    private static final class Watcher {
        final Port port;
        final Mirror mirror;
        final boolean[] received;
        final boolean[] sent;

        Watcher(Port port, Mirror mirror, int slots) {
            this.port = port;
            this.mirror = mirror;
            this.received = new boolean[slots];
            this.sent = new boolean[slots];
        }
    }

    private final List<Watcher> watchers = new ArrayList<>();

    Mirrors(Port[] ports, int slots) {
        for (Port port : ports) {
            Optional<Mirror> mirror = port.policy().mirror();
            if (mirror.isPresent()) {
                Watcher watcher = new Watcher(port, mirror.get(), slots);
                for (Port other : ports) {
                    boolean watched =
                            other.policy().mirror().isEmpty() && mirror.get().covers(other.name());
                    watcher.received[other.slot()] = watched && mirror.get().received();
                    watcher.sent[other.slot()] = watched && mirror.get().sent();
                }
                watchers.add(watcher);
            }
        }
    }

    int count() {
        return watchers.size();
    }

    Port port(int i) {
        return watchers.get(i).port;
    }

    int snap(int i) {
        return watchers.get(i).mirror.snap();
    }

    /**
     * @param slot of the port by which the frame came in
     */
    boolean seesReceived(int i, int slot, int vlan) {
        Watcher watcher = watchers.get(i);
        return watcher.received[slot] && watcher.mirror.covers(vlan);
    }

    /**
     * @param slot of the port by which the frame is to leave
     */
    boolean seesSent(int i, int slot, int vlan) {
        Watcher watcher = watchers.get(i);
        return watcher.sent[slot] && watcher.mirror.covers(vlan);
    }
}
