package org.lanyard.slirp;

import java.io.IOException;
import java.util.Optional;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.FdMessage;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.PlainUnixSocket;
import org.lanyard.tapio.TcpSockets;

/**
 * Guests' connections to the SMB server. For each of them libslirp connects to a unix socket of the
 * switch's; but smbd serves nothing but TCP. So both ends of a TCP connection are made here: one
 * goes to the switch, by that unix socket, the other takes its place in libslirp. Nobody waits for
 * an answer.
 */
final class SmbConnections {
    /** None are to come. */
    static final SmbConnections NONE = new SmbConnections("");

    private final String path;

    private SmbConnections(String path) {
        this.path = path;
    }

    /**
     * Keeps the socket, which who is nobody could not reach by its name any more, and sees whether
     * there can be connections.
     *
     * @param socket where the switch listens
     * @param seenAt where that will be seen; by a descriptor if nothing is said
     * @throws IOException with what is in the way
     */
    static SmbConnections to(String socket, Optional<String> seenAt) throws IOException {
        int[] pair = TcpSockets.pair();
        LibC.close(pair[0]);
        LibC.close(pair[1]);
        int fd = LibC.open(socket, LibC.O_PATH | LibC.O_CLOEXEC, 0);
        if (fd < 0) {
            throw new ErrnoException("open " + socket, LibC.errno());
        }
        SmbConnections connections = new SmbConnections(seenAt.orElse("/proc/self/fd/" + fd));
        connections.opened(fd); // loads classes, which nobody perhaps may not read either
        loadMessages();
        if (seenAt.isPresent()) {
            LibC.close(fd);
        }
        return connections;
    }

    private static void loadMessages() {
        try {
            FdMessage.send(-1, -1);
        } catch (ErrnoException e) {
            // As expected.
        }
    }

    /** Where libslirp connects. */
    String path() {
        return path;
    }

    /** Puts a TCP connection in the place of each unix socket that libslirp opens. */
    void opened(int fd) {
        if (!PlainUnixSocket.isUnix(fd)) {
            return;
        }
        try {
            int[] pair = TcpSockets.pair();
            try {
                FdMessage.send(fd, pair[1]);
                LibC.dup2(pair[0], fd);
            } finally {
                LibC.close(pair[0]);
                LibC.close(pair[1]);
            }
        } catch (IOException e) {
            System.err.println("smb: " + e.getMessage());
            LibC.shutdown(fd, LibC.SHUT_RDWR); // and libslirp closes it
        }
    }
}
