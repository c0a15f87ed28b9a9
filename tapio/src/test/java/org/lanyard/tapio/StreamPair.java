package org.lanyard.tapio;

import java.io.IOException;

/** Two connected stream sockets through a real listener, for tests. One thread. */
public final class StreamPair implements AutoCloseable {
    private final StreamListener listener;
    private final Connection client;
    private final Connection server;

    private StreamPair(StreamListener listener, Connection client, Connection server) {
        this.listener = listener;
        this.client = client;
        this.server = server;
    }

    /** Listens, connects, accepts. */
    public static StreamPair open(Endpoint endpoint) throws IOException {
        StreamListener listener = StreamListener.listen(endpoint);
        Connection client = connect(listener.endpoint());
        return new StreamPair(listener, client, listener.accept());
    }

    /** A finished connection: on loopback and unix sockets none takes a second. */
    public static Connection connect(Endpoint endpoint) throws IOException {
        Connection connection =
                endpoint instanceof Endpoint.Tcp tcp
                        ? StreamConnector.start(tcp, tcp.addresses().get(0))
                        : StreamConnector.start((Endpoint.Unix) endpoint);
        try (Epoll epoll = new Epoll(1)) {
            epoll.add(connection.fd(), Epoll.OUT, 0);
            if (epoll.await(10_000) != 1) {
                throw new IOException("no answer from " + endpoint);
            }
            StreamConnector.finish(connection);
            return connection;
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    public StreamListener listener() {
        return listener;
    }

    public Connection client() {
        return client;
    }

    public Connection server() {
        return server;
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
        listener.close();
    }
}
