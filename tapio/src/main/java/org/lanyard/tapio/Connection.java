package org.lanyard.tapio;

import java.io.Closeable;
import java.io.IOException;

/**
 * A connected, non-blocking, close-on-exec stream socket and who is at its other end. It owns its
 * fd: {@link #close()} is called once nobody polls, reads or writes the number any more.
 */
public final class Connection implements Closeable {
    /** The other end's process, or {@link #UNKNOWN} where the kernel does not say (TCP). */
    public record Peer(int pid, int uid) {
        public static final Peer UNKNOWN = new Peer(-1, -1);
    }

    private final int fd;
    private final Closeable owner;
    private final String remote;
    private final Peer peer;
    private boolean closed;

    /**
     * @param fd non-blocking and close-on-exec
     * @param owner closes the fd
     * @param remote the other end for people, for example {@code "tcp:127.0.0.1:40112"}
     */
    Connection(int fd, Closeable owner, String remote, Peer peer) {
        this.fd = fd;
        this.owner = owner;
        this.remote = remote;
        this.peer = peer;
    }

    public int fd() {
        return fd;
    }

    public String remote() {
        return remote;
    }

    public Peer peer() {
        return peer;
    }

    /**
     * Asks for kernel buffers of so many bytes; the kernel doubles the figure and caps it at
     * net.core.wmem_max and rmem_max (socket(7)).
     */
    public void setBuffers(int sendBytes, int receiveBytes) throws ErrnoException {
        Fds.setOption(fd, LibC.SOL_SOCKET, LibC.SO_SNDBUF, sendBytes, "SO_SNDBUF");
        Fds.setOption(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUF, receiveBytes, "SO_RCVBUF");
    }

    /** Idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            owner.close();
        }
    }
}
