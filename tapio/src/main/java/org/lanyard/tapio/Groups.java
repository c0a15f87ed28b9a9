package org.lanyard.tapio;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** User groups: which number has a name, and which a process at a unix socket's other end has. */
public final class Groups {
    /** Of {@code struct group} on 64-bit Linux, behind two pointers (getgrnam(3)). */
    private static final int GID_OFFSET = 16;

    /** Of {@code struct ucred}: pid, uid, gid (unix(7)). */
    private static final int UCRED_SIZE = 12;

    private static final int UCRED_GID = 8;

    /** What the kernel lets a process have (NGROUPS_MAX). */
    private static final int MOST = 65_536;

    private static final int FIRST_GUESS = 64;

    private Groups() {}

    /**
     * A group's number, from wherever this host keeps its groups; that may take its time. Any
     * thread; others wait for the one that asks.
     *
     * @param group a name, or a number, which need not have a name
     */
    public static OptionalInt number(String group) {
        if (group.matches("\\d{1,9}")) {
            return OptionalInt.of(Integer.parseInt(group));
        }
        Wait wait = Wait.on("who knows this host's groups");
        try {
            return named(group);
        } finally {
            wait.end();
        }
    }

    /** What getgrnam(3) returns is overwritten by its next call. */
    private static synchronized OptionalInt named(String group) {
        Pointer found = LibC.getgrnam(group);
        return found == null ? OptionalInt.empty() : OptionalInt.of(found.getInt(GID_OFFSET));
    }

    /**
     * The primary and supplementary groups that the process at the other end had when it connected:
     * SO_PEERCRED, and SO_PEERGROUPS of Linux 4.13. Older kernels tell the primary one alone.
     */
    public static Set<Integer> ofPeer(Connection connection) throws ErrnoException {
        return ofPeer(connection, FIRST_GUESS);
    }

    private static Set<Integer> ofPeer(Connection connection, int room) throws ErrnoException {
        int fd = connection.fd();
        int bytes = Math.max(UCRED_SIZE, room * Integer.BYTES);
        try (Region cells = Region.allocate(Integer.BYTES + bytes)) {
            ByteBuffer values = cells.bytes().order(ByteOrder.nativeOrder());
            long first = cells.address() + Integer.BYTES;
            Set<Integer> groups = new TreeSet<>();
            values.putInt(0, UCRED_SIZE);
            ErrnoException.check(
                    LibC.getsockopt(fd, LibC.SOL_SOCKET, LibC.SO_PEERCRED, first, cells.address()),
                    "getsockopt SO_PEERCRED");
            groups.add(values.getInt(Integer.BYTES + UCRED_GID));
            values.putInt(0, bytes);
            int answer =
                    LibC.getsockopt(
                            fd, LibC.SOL_SOCKET, LibC.SO_PEERGROUPS, first, cells.address());
            if (answer < 0 && LibC.errno() == Errno.ERANGE && room < MOST) {
                return ofPeer(connection, MOST);
            }
            if (answer < 0 && LibC.errno() == Errno.ENOPROTOOPT) {
                return groups;
            }
            ErrnoException.check(answer, "getsockopt SO_PEERGROUPS");
            for (int at = 0; at < values.getInt(0); at += Integer.BYTES) {
                groups.add(values.getInt(Integer.BYTES + at));
            }
            return groups;
        }
    }
}
