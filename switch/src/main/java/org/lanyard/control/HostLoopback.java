package org.lanyard.control;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lanyard.config.PortConfig;
import org.lanyard.config.PortKind;
import org.lanyard.gateway.UserNamespace;
import org.lanyard.slirp.UserNetwork;
import org.lanyard.tapio.LibC;

/**
 * Whether guests of a {@code user} port reach servers on the host's loopback, where the
 * configuration does not say. As with QEMU's {@code -netdev user} they do, for whoever starts a
 * guest reaches them anyway. Not so where root runs the switch, or where others may attach guests:
 * what is on the loopback is often open to all who are on this host, and to nobody else.
 */
final class HostLoopback {
    private HostLoopback() {}

    /** What the ports are, by their names; where nothing is said it is said now. */
    static Map<String, PortKind> decide(List<PortConfig> ports) {
        return decide(ports, isRoot());
    }

    static Map<String, PortKind> decide(List<PortConfig> ports, boolean isRoot) {
        boolean usual = !isRoot && ports.stream().noneMatch(HostLoopback::isForOthers);
        return ports.stream().collect(toMap(PortConfig::name, port -> decide(port.kind(), usual)));
    }

    /** Whether guests of that user port reach it, be it said or not. */
    static boolean isReached(String port, List<PortConfig> ports) {
        PortKind kind = decide(ports).get(port);
        return kind instanceof PortKind.User user && user.network().loopback().orElse(false);
    }

    private static PortKind decide(PortKind kind, boolean usual) {
        return kind instanceof PortKind.User user && user.network().loopback().isEmpty()
                ? new PortKind.User(
                        user.network().withLoopback(Optional.of(usual)),
                        user.forwards(),
                        user.hairpin())
                : kind;
    }

    /** Not who is root only to himself. */
    private static boolean isRoot() {
        try {
            return LibC.geteuid() == 0 && !UserNamespace.hasOnlyRoot();
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isForOthers(PortConfig port) {
        if (!(port.kind() instanceof PortKind.StreamListen listen)) {
            return false;
        }
        boolean beyond =
                listen.endpoint().startsWith("tcp:")
                        && !listen.endpoint()
                                .matches("tcp:(localhost|127(\\.\\d+){3}|\\[::1]):\\d+");
        return beyond || (listen.mode().orElse(0) & 0022) != 0;
    }

    /** For the log of each start, after "guests". */
    static String told(UserNetwork decided) {
        return decided.loopback().orElse(false)
                ? "reach this host's loopback at " + decided.host().getHostAddress()
                : "do not reach this host's loopback (see host-loopback)";
    }
}
