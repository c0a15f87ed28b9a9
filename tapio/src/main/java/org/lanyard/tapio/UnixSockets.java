package org.lanyard.tapio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;

/**
 * Unix stream sockets: jnr-unixsocket binds and connects, and its channels own those descriptors;
 * what is accepted is ours.
 */
public final class UnixSockets {
    /** The one answer that proves that no process has the socket any more. */
    private static final String REFUSED = Errno.text(Errno.ECONNREFUSED);

    private static final int UCRED_SIZE = 12;

    private UnixSockets() {}

    static StreamListener listen(Endpoint.Unix endpoint) throws IOException {
        UnixServerSocketChannel channel = UnixServerSocketChannel.open();
        try {
            channel.socket()
                    .bind(new UnixSocketAddress(endpoint.path().toFile()), StreamListener.BACKLOG);
            Fds.setCloseOnExec(channel.getFD());
        } catch (IOException e) {
            channel.close();
            throw new IOException("listen at " + endpoint + ": " + e.getMessage(), e);
        }
        return new UnixListener(channel, endpoint);
    }

    /**
     * Connects without waiting: a unix connect is done or refused at once.
     *
     * @throws IOException naming the endpoint and why nobody answered there
     */
    static Connection connect(Endpoint.Unix endpoint) throws IOException {
        UnixSocketChannel channel = UnixSocketChannel.create();
        try {
            channel.configureBlocking(false);
            if (!channel.connect(new UnixSocketAddress(endpoint.path().toFile()))) {
                throw new IOException("its queue of pending connections is full");
            }
            Fds.setNonBlocking(channel.getFD());
            Fds.setCloseOnExec(channel.getFD());
            return new Connection(
                    channel.getFD(), channel, endpoint.toString(), peer(channel.getFD()));
        } catch (IOException e) {
            channel.close();
            throw new IOException("connect to " + endpoint + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        String said = String.valueOf(e.getMessage());
        return said.contains("wrong type")
                ? said + " (a datagram socket is bound there; this port speaks stream)"
                : said;
    }

    /**
     * Removes the socket file that a dead process left. A live listener's is left alone.
     *
     * @return whether the path is free now
     * @throws IOException when something that is no socket stands there
     */
    public static boolean removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return true;
        }
        Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if (((Integer) mode & 0170000) != 0140000) {
            throw new IOException(path + " exists and is no socket: remove it or choose another");
        }
        try {
            connect(new Endpoint.Unix(path)).close();
            return false;
        } catch (IOException e) {
            boolean stale = String.valueOf(e.getMessage()).contains(REFUSED);
            if (stale) {
                Files.deleteIfExists(path);
            }
            return stale;
        }
    }

    private record UnixListener(UnixServerSocketChannel channel, Endpoint endpoint)
            implements StreamListener {
        @Override
        public int fd() {
            return channel.getFD();
        }

        /** Not by the channel: a guest that comes and goes in a loop would have us make objects. */
        @Override
        public Connection accept() throws IOException {
            return UnixSockets.accept(channel.getFD(), endpoint);
        }

        /** Also unlinks the path, which is ours as long as we listen. */
        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(((Endpoint.Unix) endpoint).path());
        }
    }

    private static Connection accept(int listener, Endpoint endpoint) throws IOException {
        int accepted = Fds.accept(listener, 0, 0, endpoint);
        try {
            return new Connection(
                    accepted, new OwnedFd(accepted), endpoint.toString(), peer(accepted));
        } catch (IOException e) {
            LibC.close(accepted);
            throw e;
        }
    }

    /** struct ucred: pid, uid, gid (unix(7)). */
    private static Connection.Peer peer(int connection) throws ErrnoException {
        try (Region cells = Region.allocate(UCRED_SIZE + Integer.BYTES)) {
            ByteBuffer bytes = cells.bytes().order(ByteOrder.nativeOrder());
            bytes.putInt(UCRED_SIZE, UCRED_SIZE);
            ErrnoException.check(
                    LibC.getsockopt(
                            connection,
                            LibC.SOL_SOCKET,
                            LibC.SO_PEERCRED,
                            cells.address(),
                            cells.address() + UCRED_SIZE),
                    "getsockopt SO_PEERCRED");
            return new Connection.Peer(bytes.getInt(0), bytes.getInt(4));
        }
    }

    /** What listens at a descriptor that is bound already. */
    static StreamListener listener(int fd, Endpoint.Unix endpoint) {
        return new FdListener(fd, endpoint);
    }

    private record FdListener(int fd, Endpoint endpoint) implements StreamListener {
        @Override
        public Connection accept() throws IOException {
            return UnixSockets.accept(fd, endpoint);
        }

        @Override
        public void close() {
            LibC.close(fd);
        }
    }
}
