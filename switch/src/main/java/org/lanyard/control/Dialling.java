package org.lanyard.control;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.StreamConnector;

/**
 * One attempt to connect: name servers are asked for the host's addresses, and these are tried one
 * after another, each for a while (RFC 8305 at its simplest). Control thread.
 */
final class Dialling {
    /** Told once: a connection, or what is in the way. */
    interface Listener {
        void connected(Connection connection);

        void failed(String why);
    }

    private static final int MOST_ADDRESSES = 16;
    private static final int SECONDS_TO_RESOLVE = 10;

    /** The address that is left is given as long as a slow peer may need. */
    private static final long SECONDS_EACH = 3;

    private static final long SECONDS_LAST = 30;

    private final Endpoint endpoint;
    private final ControlLoop loop;
    private final Lane names;
    private final Listener listener;
    private final Deque<InetAddress> left = new ArrayDeque<>();

    private Connection connection;
    private ControlLoop.Timer patience;
    private long since;
    private boolean over;

    /**
     * @param names where name servers are asked
     */
    Dialling(Endpoint endpoint, ControlLoop loop, Lane names, Listener listener) {
        this.endpoint = endpoint;
        this.loop = loop;
        this.names = names;
        this.listener = listener;
    }

    void start() {
        if (endpoint instanceof Endpoint.Tcp tcp && !tcp.isNumeric()) {
            names.run(
                    "resolving " + tcp.host(),
                    SECONDS_TO_RESOLVE,
                    tcp::addresses,
                    (addresses, trouble) -> resolved(addresses, trouble));
        } else if (endpoint instanceof Endpoint.Tcp tcp) {
            try {
                resolved(tcp.addresses(), null);
            } catch (IOException e) {
                resolved(null, e);
            }
        } else {
            try {
                watch(StreamConnector.start((Endpoint.Unix) endpoint));
            } catch (IOException e) {
                fail(e.getMessage());
            }
        }
    }

    private void resolved(List<InetAddress> addresses, IOException trouble) {
        if (over) {
            return;
        }
        if (trouble != null) {
            fail(trouble.getMessage());
        } else {
            addresses.stream().limit(MOST_ADDRESSES).forEach(left::add);
            next();
        }
    }

    private void next() {
        Endpoint.Tcp tcp = (Endpoint.Tcp) endpoint;
        InetAddress address = left.remove();
        try {
            watch(StreamConnector.start(tcp, address));
            long seconds = left.isEmpty() ? SECONDS_LAST : SECONDS_EACH;
            String silence =
                    "connect to " + connection.remote() + ": no answer within " + seconds + " s";
            patience = loop.after(seconds, TimeUnit.SECONDS, () -> refused(silence));
        } catch (IOException e) {
            refused(e.getMessage());
        }
    }

    private void watch(Connection started) throws IOException {
        connection = started;
        since = System.nanoTime();
        loop.watch(connection.fd(), Epoll.OUT, events -> answered());
    }

    private void answered() {
        try {
            StreamConnector.finish(connection);
        } catch (IOException e) {
            refused(e.getMessage());
            return;
        }
        loop.unwatch(connection.fd());
        Connection made = connection;
        connection = null;
        end();
        listener.connected(made);
    }

    /** By this address; there may be others. */
    private void refused(String why) {
        close();
        if (left.isEmpty()) {
            fail(why);
        } else {
            next();
        }
    }

    private void fail(String why) {
        end();
        listener.failed(why);
    }

    private void close() {
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
        if (connection != null) {
            loop.unwatch(connection.fd());
            Closing.quietly(connection);
            connection = null;
        }
    }

    /** Nobody is told of it any more. */
    void end() {
        over = true;
        close();
    }

    /** What it waits for just now. */
    String doing() {
        if (connection == null) {
            return names.doing().orElse("dialling");
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since);
        return "connecting to " + connection.remote() + " since " + seconds + " s";
    }
}
