package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Whether the machine at the other end of a TCP connection still answers. The kernel asks an idle
 * peer (SO_KEEPALIVE, tcp(7)), and sends again what a busy one does not acknowledge; here is asked
 * how long nothing has come back.
 *
 * <p>TCP_USER_TIMEOUT would end the connection by itself, but also that of a guest which is paused:
 * it counts the time that a closed window keeps data back, though the peer's kernel answers each
 * probe of it.
 */
public final class KeepAlive {
    /** Of struct tcp_info (linux/tcp.h), as far as it is read. */
    private static final int SIZE = 104;

    private static final int PROBES = 3;
    private static final int UNACKNOWLEDGED = 24;
    private static final int SINCE_DATA = 52;
    private static final int SINCE_ACKNOWLEDGEMENT = 56;

    /** One may be under way. */
    private static final int UNANSWERED_PROBES = 2;

    /** More than are ever sent before {@link #isSilent} tells; the most that the kernel takes. */
    private static final int MOST_PROBES = 127;

    private KeepAlive() {}

    /**
     * Lets the kernel ask a peer that says nothing.
     *
     * @param seconds from 1: the time in which several questions are asked; 0 for none at all
     */
    public static void ask(Connection connection, int seconds) throws ErrnoException {
        int fd = connection.fd();
        Fds.setOption(fd, LibC.SOL_SOCKET, LibC.SO_KEEPALIVE, seconds > 0 ? 1 : 0, "SO_KEEPALIVE");
        if (seconds > 0) {
            set(fd, LibC.TCP_KEEPIDLE, Math.max(1, seconds / 3), "TCP_KEEPIDLE");
            set(fd, LibC.TCP_KEEPINTVL, Math.max(1, seconds / 6), "TCP_KEEPINTVL");
            set(fd, LibC.TCP_KEEPCNT, MOST_PROBES, "TCP_KEEPCNT");
        }
    }

    private static void set(int fd, int option, int value, String what) throws ErrnoException {
        Fds.setOption(fd, LibC.IPPROTO_TCP, option, value, what);
    }

    /**
     * Whether the peer has left something unanswered, and nothing at all has come for so long.
     *
     * @param millis from 1
     */
    public static boolean isSilent(Connection connection, long millis) throws ErrnoException {
        try (Region cells = Region.allocate(SIZE + Integer.BYTES)) {
            ByteBuffer bytes = cells.bytes().order(ByteOrder.nativeOrder());
            bytes.putInt(SIZE, SIZE);
            ErrnoException.check(
                    LibC.getsockopt(
                            connection.fd(),
                            LibC.IPPROTO_TCP,
                            LibC.TCP_INFO,
                            cells.address(),
                            cells.address() + SIZE),
                    "getsockopt TCP_INFO");
            long since =
                    Math.min(
                            bytes.getInt(SINCE_DATA) & 0xffff_ffffL,
                            bytes.getInt(SINCE_ACKNOWLEDGEMENT) & 0xffff_ffffL);
            boolean owes =
                    bytes.getInt(UNACKNOWLEDGED) > 0
                            || (bytes.get(PROBES) & 0xff) >= UNANSWERED_PROBES;
            return owes && since >= millis;
        }
    }
}
