package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A unix stream socket by plain system calls: for a small program that connects once and has no use
 * for {@link UnixSockets}' library, whose start costs 130 ms.
 */
public final class PlainUnixSocket {
    /** sizeof(struct sockaddr_un); the path ends with a zero. */
    private static final int ADDRESS_SIZE = 110;

    private static final int FAMILY_SIZE = 2;

    private PlainUnixSocket() {}

    /**
     * Connects, at once or not at all.
     *
     * @return a non-blocking, close-on-exec descriptor, which the caller owns
     * @throws ErrnoException naming the path and what refused it
     * @throws IllegalArgumentException when the path does not fit a socket's address
     */
    public static int connect(String path) throws ErrnoException {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= ADDRESS_SIZE - FAMILY_SIZE) {
            throw new IllegalArgumentException("too long for a socket's path: " + path);
        }
        int fd =
                ErrnoException.check(
                        LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0),
                        "socket");
        try (Region address = Region.allocate(ADDRESS_SIZE)) {
            ByteBuffer bytes = address.bytes().order(ByteOrder.nativeOrder());
            bytes.putShort(0, (short) LibC.AF_UNIX).put(FAMILY_SIZE, name);
            ErrnoException.check(
                    LibC.connect(fd, address.address(), ADDRESS_SIZE), "connect to " + path);
            Fds.setNonBlocking(fd);
            return fd;
        } catch (ErrnoException e) {
            LibC.close(fd);
            throw e;
        }
    }

    /** Whether the descriptor is a unix socket. */
    public static boolean isUnix(int fd) {
        try {
            int domain = Fds.option(fd, LibC.SOL_SOCKET, LibC.SO_DOMAIN, "SO_DOMAIN");
            return domain == LibC.AF_UNIX;
        } catch (ErrnoException e) {
            return false;
        }
    }
}
