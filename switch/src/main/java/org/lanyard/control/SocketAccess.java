package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.lanyard.config.PortConfig;
import org.lanyard.config.PortKind;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.LibC;

/**
 * Who besides root and the switch's user reaches guests' unix sockets.
 *
 * @param groups that the runtime directory lets pass to sockets in it
 * @param everybody whether it lets pass all users of this host
 */
record SocketAccess(Set<Integer> groups, boolean everybody) {
    /** Nobody. */
    static final SocketAccess NONE = new SocketAccess(Set.of(), false);

    private static final int ALL = 0777;
    private static final int STRICT = 0077;
    private static final int OTHERS = 0006;

    /**
     * @param ports whose sockets these are
     * @throws IOException when this host has no such group
     */
    static SocketAccess of(List<PortConfig> ports, Path runtimeDir) throws IOException {
        Set<Integer> groups = new TreeSet<>();
        boolean everybody = false;
        for (PortConfig port : ports) {
            if (port.kind() instanceof PortKind.StreamListen listen
                    && listen.saysWho()
                    && isIn(runtimeDir, port.name(), listen)) {
                number(port.name(), listen).ifPresent(groups::add);
                everybody |= (listen.mode().orElse(0) & OTHERS) != 0;
            }
        }
        return new SocketAccess(Set.copyOf(groups), everybody);
    }

    /** What the umask leaves, which can be asked for only by setting it. */
    private static int usual() {
        int umask = LibC.umask(STRICT);
        LibC.umask(umask);
        return ALL & ~umask;
    }

    private static boolean isIn(Path runtimeDir, String port, PortKind.StreamListen listen)
            throws IOException {
        try {
            return Endpoint.parse(listen.endpoint(), runtimeDir) instanceof Endpoint.Unix unix
                    && unix.path()
                            .toAbsolutePath()
                            .normalize()
                            .startsWith(runtimeDir.toAbsolutePath().normalize());
        } catch (IllegalArgumentException e) {
            throw new IOException("port " + port + ": " + e.getMessage(), e);
        }
    }

    private static OptionalInt number(String port, PortKind.StreamListen listen)
            throws IOException {
        return Access.number("port " + port + ": group", listen.group());
    }

    /**
     * Gives a port's socket to those whom it is for; to whom a new one would be for, where the port
     * says nothing of that.
     *
     * @throws IOException when there is no such group, or the owner may not give it away
     */
    static void give(Path socket, String port, PortKind.StreamListen listen) throws IOException {
        OptionalInt gid = number(port, listen);
        try {
            if (gid.isPresent() || !listen.saysWho()) {
                Object own = Files.getAttribute(Path.of("/proc/self"), "unix:gid");
                Files.setAttribute(socket, "unix:gid", gid.isPresent() ? gid.getAsInt() : own);
            }
            Files.setAttribute(socket, "unix:mode", listen.mode().orElseGet(SocketAccess::usual));
        } catch (IOException e) {
            throw new IOException(
                    "you may not give "
                            + socket
                            + " to group "
                            + listen.group().orElse("")
                            + ": join that group, or let root run the switch",
                    e);
        }
    }
}
