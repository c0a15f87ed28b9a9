package org.lanyard.tapio;

import java.io.Closeable;
import java.io.IOException;

/**
 * A listening stream socket. One thread polls {@link #fd()} for {@link Epoll#IN} and then calls
 * {@link #accept()}; on Linux a connection that died in the queue is still accepted, so a single
 * accepting thread never blocks there.
 */
public interface StreamListener extends Closeable {
    /** Pending connections that the kernel keeps; it caps this at net.core.somaxconn. */
    int BACKLOG = 1024;

    int fd();

    /** What the listener is really bound to; tells the port that the kernel chose for port 0. */
    Endpoint endpoint();

    /**
     * Takes one pending connection.
     *
     * @throws IOException when the kernel gives none, for want of descriptors for example; the
     *     connection then stays in the queue, so call again later
     */
    Connection accept() throws IOException;

    /**
     * Binds and listens. A unix path must be free: see {@link UnixSockets#removeStale}.
     *
     * @throws IOException naming the endpoint and what refused it
     */
    static StreamListener listen(Endpoint endpoint) throws IOException {
        return endpoint instanceof Endpoint.Unix unix
                ? UnixSockets.listen(unix)
                : TcpSockets.listen((Endpoint.Tcp) endpoint);
    }

    /**
     * Takes over a descriptor that this process was started with, and makes it close-on-exec.
     * Closing the listener leaves the descriptor open and its path in place.
     *
     * @throws IOException when it is no listening stream socket of unix or TCP
     */
    static StreamListener inherited(int fd) throws IOException {
        return InheritedListener.at(fd);
    }
}
