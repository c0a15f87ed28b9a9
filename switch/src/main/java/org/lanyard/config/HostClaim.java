package org.lanyard.config;

import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lanyard.slirp.HostForward;
import org.lanyard.tapio.Endpoint;

/**
 * What a configuration asks of the host itself, which is given with the rights of the switch's
 * user: an interface, a program, a path outside the runtime directory, a port of the host's that
 * others reach, or who may come in. Only root and that user may ask for it; whoever else may change
 * the switch may not. Each kind of port tells its own ({@link PortKind#claims}).
 *
 * @param table its headline, such as {@code [ports.web]}
 * @param key in that table
 * @param value what is asked for; the same value there is the same claim
 * @param why it is one, for people, such as {@code it is an interface of the host's}
 */
public record HostClaim(String table, String key, String value, String why) {
    /** Below it only root may listen (ip(7), ip_unprivileged_port_start). */
    private static final int FIRST_FREE_PORT = 1024;

    /**
     * Those that a configuration has and another had not, in the order of its tables.
     *
     * @param runtimeDir where relative paths are, and which is the switch's own
     */
    public static List<HostClaim> added(SwitchConfig was, SwitchConfig is, Path runtimeDir) {
        List<HostClaim> added = new ArrayList<>();
        ControlConfig before = was.control();
        ControlConfig after = is.control();
        if (!before.group().equals(after.group())) {
            added.add(ofControl("group", after.group()));
        }
        if (!before.readers().equals(after.readers())) {
            added.add(ofControl("readers", after.readers()));
        }
        is.ports().forEach(port -> added.addAll(claims(port, runtimeDir)));
        was.ports().forEach(port -> added.removeAll(claims(port, runtimeDir)));
        return added;
    }

    private static HostClaim ofControl(String key, Optional<String> group) {
        String why = "it says who may use the control socket";
        return new HostClaim("[control]", key, group.orElse(""), why);
    }

    private static List<HostClaim> claims(PortConfig port, Path runtimeDir) {
        String table = "[ports." + port.name() + "]";
        return port.kind().claims(runtimeDir).stream()
                .map(claim -> new HostClaim(table, claim.key(), claim.value(), claim.why()))
                .toList();
    }

    private static HostClaim of(String key, Object value, String why) {
        return new HostClaim("", key, value.toString(), why);
    }

    /** All that a port does whose kind is an interface of the kernel's. */
    static List<HostClaim> ofInterface(PortKind kind) {
        return List.of(of(kind.key(), kind, "it is an interface of the host's"));
    }

    static List<HostClaim> of(PortKind.StreamListen listen, Path runtimeDir) {
        List<HostClaim> claims = new ArrayList<>();
        String at = listen.endpoint();
        if (Endpoint.parse(at, Path.of("")) instanceof Endpoint.Tcp tcp) {
            if (!isLoopback(tcp.host())) {
                claims.add(of("stream.listen", at, "others than this host reach that address"));
            } else if (tcp.port() > 0 && tcp.port() < FIRST_FREE_PORT) {
                claims.add(of("stream.listen", at, "ports below 1024 are root's"));
            }
        } else if (!isInside(runtimeDir, at)) {
            claims.add(of("stream.listen", at, "it is outside the runtime directory"));
        }
        String who = "it says who may attach guests";
        listen.group().ifPresent(group -> claims.add(of("stream.group", group, who)));
        listen.mode().ifPresent(mode -> claims.add(of("stream.mode", mode, who)));
        return claims;
    }

    static List<HostClaim> of(PortKind.StreamConnect connect, Path runtimeDir) {
        String to = connect.endpoint();
        return to.startsWith("unix:") && !isInside(runtimeDir, to)
                ? List.of(of("stream.connect", to, "it is outside the runtime directory"))
                : List.of();
    }

    static List<HostClaim> of(PortKind.User user) {
        List<HostClaim> claims = new ArrayList<>();
        user.network()
                .tftp()
                .ifPresent(path -> claims.add(of("user.tftp", path, "guests read what is there")));
        user.network()
                .smb()
                .ifPresent(
                        share ->
                                claims.add(
                                        of(
                                                "user.smb",
                                                share.directory(),
                                                "guests write what is there")));
        if (user.network().loopback().orElse(true)) {
            String why = "guests reach servers on the host's loopback; say host-loopback = false";
            claims.add(of("user.host-loopback", true, why));
        }
        for (HostForward forward : user.forwards()) {
            if (forward.host().filter(Inet4Address::isLoopbackAddress).isEmpty()) {
                String why = "others than this host reach that address; say tcp:127.0.0.1:…";
                claims.add(of("user.hostfwd", forward, why));
            } else if (forward.hostPort() < FIRST_FREE_PORT) {
                claims.add(of("user.hostfwd", forward, "ports below 1024 are root's"));
            }
        }
        return claims;
    }

    /** By what is written: who answers for a name can't be asked here. */
    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || host.matches("127(\\.\\d{1,3}){3}");
    }

    /**
     * Whether a socket is in the runtime directory, as the kernel finds it: no link on the way
     * leads elsewhere, nor does "..".
     */
    private static boolean isInside(Path runtimeDir, String endpoint) {
        Path base = runtimeDir.toAbsolutePath().normalize();
        Path written = base.resolve(endpoint.substring("unix:".length()));
        for (Path name : written) {
            if (name.toString().equals("..")) { // behind a link it is not where it seems to be
                return false;
            }
        }
        Path place = written.normalize();
        if (!place.startsWith(base) || place.equals(base)) {
            return false;
        }
        for (Path part = place; !part.equals(base); part = part.getParent()) {
            if (Files.isSymbolicLink(part)) {
                return false;
            }
        }
        return true;
    }

    /** For people: where it is said, and why it is a claim. */
    @Override
    public String toString() {
        return table + " " + key + ": " + why;
    }
}
