package org.lanyard.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.lanyard.config.PortConfig;
import org.lanyard.config.PortKind;
import org.lanyard.config.SwitchConfig;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.Link;
import org.lanyard.tapio.StreamListener;
import org.lanyard.tapio.UnixSockets;

/**
 * Whether a configuration can be opened on this host, as far as can be tried while another runs:
 * its listeners are opened and closed again, and interfaces looked for, unless the running one has
 * them.
 */
final class Tryout {
    private static final Path TUN = Path.of("/dev/net/tun");

    private Tryout() {}

    /**
     * @param dir where relative paths are
     * @throws IOException naming a port that could not be opened, and why
     */
    static void of(SwitchConfig running, SwitchConfig next, Path dir) throws IOException {
        Set<Object> held = held(running.ports(), dir);
        for (PortConfig port : next.ports()) {
            try {
                open(port.kind(), dir, held);
            } catch (IOException | IllegalArgumentException e) {
                throw new IOException("port " + port.name() + ": " + e.getMessage(), e);
            }
        }
    }

    private static Set<Object> held(List<PortConfig> ports, Path dir) {
        return ports.stream()
                .map(PortConfig::kind)
                .map(kind -> kind instanceof PortKind.StreamListen l ? endpoint(l, dir) : kind)
                .collect(Collectors.toSet());
    }

    private static Endpoint endpoint(PortKind.StreamListen listen, Path dir) {
        return Endpoint.parse(listen.endpoint(), dir);
    }

    private static void open(PortKind kind, Path dir, Set<Object> held) throws IOException {
        if (kind instanceof PortKind.StreamListen listen) {
            Endpoint endpoint = endpoint(listen, dir);
            if (!held.contains(endpoint)) {
                listen(endpoint);
            }
        } else if (kind instanceof PortKind.Packet packet && !held.contains(kind)) {
            if (!Link.exists(packet.interfaceName())) {
                throw new IOException("this host has no interface " + packet.interfaceName());
            }
        } else if (kind instanceof PortKind.Tap && !held.contains(kind)) {
            if (Files.exists(TUN) && !Files.isWritable(TUN)) {
                throw new IOException("you may not open " + TUN + ": chmod 0666 it, as udev does");
            }
        }
    }

    private static void listen(Endpoint endpoint) throws IOException {
        if (endpoint instanceof Endpoint.Unix unix && !UnixSockets.removeStale(unix.path())) {
            throw new IOException(
                    "another process listens at "
                            + unix.path()
                            + "; end it or choose another path");
        }
        StreamListener.listen(endpoint).close();
    }
}
