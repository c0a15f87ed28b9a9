package org.lanyard.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanyard.slirp.HostForward;
import org.lanyard.tapio.Endpoint;

/** What each port has for itself alone; the second that wants it is told who has it. */
final class Conflicts {
    /** The switch's own files in the runtime directory, where relative paths are. */
    private static final Set<Path> RESERVED =
            Set.of(
                    Path.of("control.sock"),
                    Path.of("lanyard.pid"),
                    Path.of("lanyard.log"),
                    Path.of("lanyard.supervisor"));

    private final Map<Endpoint, String> listeners = new HashMap<>();
    private final Map<String, String> taps = new HashMap<>();
    private final Map<String, String> forwards = new HashMap<>();
    private final Map<String, String> bridges = new HashMap<>();
    private final Map<String, String> packets = new HashMap<>();
    private final Map<String, String> macvtaps = new HashMap<>();
    private final Map<String, String> parents = new HashMap<>();

    void listen(String port, String text, TableReader table) {
        Endpoint endpoint = Endpoint.parse(text, Path.of(""));
        if (endpoint instanceof Endpoint.Unix unix) {
            Path path = unix.path().normalize();
            if (RESERVED.contains(path)) {
                table.error("listen", "listen: '" + text + "' is the switch's own; choose another");
                return;
            }
            endpoint = new Endpoint.Unix(path);
        } else if (((Endpoint.Tcp) endpoint).port() == 0) {
            return; // each gets a port of its own from the kernel
        }
        String owner = listeners.putIfAbsent(endpoint, port);
        if (owner != null) {
            table.error("listen", "listen: port '" + owner + "' listens at '" + text + "' already");
        }
    }

    void tap(String port, String name, TableReader table) {
        String owner = taps.putIfAbsent(name, port);
        if (owner != null) {
            table.error("name", "name: port '" + owner + "' has the TAP '" + name + "' already");
        }
        refuseSecond("name", name, packets, table);
    }

    void forward(String port, HostForward forward, TableReader table) {
        String owner = forwards.putIfAbsent(forward.listensAt(), port);
        if (owner != null) {
            table.error(
                    "hostfwd",
                    "hostfwd: port '" + owner + "' has '" + forward.listensAt() + "' already");
        }
    }

    void macvtap(String port, String name, TableReader table) {
        String owner = macvtaps.putIfAbsent(name, port);
        if (owner != null) {
            table.error(
                    "name", "name: port '" + owner + "' has the macvtap '" + name + "' already");
        }
        refuseSecond("name", name, packets, table);
    }

    /** Broadcasts that come in by one macvtap would go out by the other. */
    void parent(String port, String name, TableReader table) {
        for (Map<String, String> owners : List.of(parents, packets, bridges)) {
            refuseSecond("parent", name, owners, table);
        }
        parents.putIfAbsent(name, port);
    }

    /** Two ways into one bridge are a loop. */
    void bridge(String port, String name, TableReader table) {
        String owner = bridges.putIfAbsent(name, port);
        if (owner != null) {
            table.error(
                    "name",
                    "name: port '" + owner + "' is in the bridge '" + name + "', two are a loop");
        }
        refuseSecond("name", name, packets, table);
        refuseSecond("name", name, parents, table);
    }

    /** What one port puts onto an interface, another on the same one would bring in again. */
    void packet(String port, String name, TableReader table) {
        for (Map<String, String> owners : List.of(packets, taps, bridges, macvtaps, parents)) {
            refuseSecond("interface", name, owners, table);
        }
        packets.putIfAbsent(name, port);
    }

    private static void refuseSecond(
            String key, String name, Map<String, String> owners, TableReader table) {
        String owner = owners.get(name);
        if (owner != null) {
            table.error(
                    key,
                    key + ": port '" + owner + "' is on '" + name + "' already, two are a loop");
        }
    }
}
