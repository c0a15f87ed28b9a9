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

        /** One that watches the same, and that port if it is to. */
        Watcher with(Port other) {
            Watcher more = new Watcher(port, mirror, received.length);
            System.arraycopy(received, 0, more.received, 0, received.length);
            System.arraycopy(sent, 0, more.sent, 0, sent.length);
            more.watch(other);
            return more;
        }

        /** What it saw of the port that had the slot before is over. */
        void watch(Port other) {
            boolean watched = other.policy().mirror().isEmpty() && mirror.covers(other.name());
            received[other.slot()] = watched && mirror.received();
            sent[other.slot()] = watched && mirror.sent();
        }
    }

    private final List<Watcher> watchers;

    private Mirrors(List<Watcher> watchers) {
        this.watchers = watchers;
    }

    Mirrors(Port[] ports, int slots) {
        this(new ArrayList<>());
        for (Port port : ports) {
            Optional<Mirror> mirror = port.policy().mirror();
            if (mirror.isPresent()) {
                Watcher watcher = new Watcher(port, mirror.get(), slots);
                for (Port other : ports) {
                    watcher.watch(other);
                }
                watchers.add(watcher);
            }
        }
    }

    /** With a port more, which is no mirror; its slot is below those that there are. */
    Mirrors with(Port port) {
        return watchers.isEmpty()
                ? this
                : new Mirrors(watchers.stream().map(watcher -> watcher.with(port)).toList());
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
