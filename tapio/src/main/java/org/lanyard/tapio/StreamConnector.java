package org.lanyard.tapio;

import java.io.IOException;
import java.net.InetAddress;

/**
 * Opens stream connections without ever blocking the caller: start, wait for {@link Epoll#OUT} on
 * the fd, then finish.
 */
public final class StreamConnector {
    private StreamConnector() {}

    /**
     * @throws IOException naming the endpoint and what refused it
     */
    public static Connection start(Endpoint.Unix endpoint) throws IOException {
        return UnixSockets.connect(endpoint);
    }

    /**
     * @param address one of the host's
     * @throws IOException naming the address and what refused it; a refusal may come only from
     *     {@link #finish}
     */
    public static Connection start(Endpoint.Tcp endpoint, InetAddress address) throws IOException {
        return TcpSockets.connect(endpoint, address);
    }

    /**
     * Called once the fd is writable; the caller closes the connection when this throws.
     *
     * @throws ErrnoException when the connection did not come about
     */
    public static void finish(Connection connection) throws ErrnoException {
        int errno = TcpSockets.connectResult(connection);
        if (errno != 0) {
            throw new ErrnoException("connect to " + connection.remote(), errno);
        }
    }
}
