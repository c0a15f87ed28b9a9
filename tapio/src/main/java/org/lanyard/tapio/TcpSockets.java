package org.lanyard.tapio;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** TCP by plain system calls: Java's own channels do not give their fd away. */
public final class TcpSockets {
    /** sizeof(struct sockaddr_in6), the larger of the two. */
    private static final int ADDRESS_SIZE = 28;

    private static final String LOOPBACK = "127.0.0.1";
    private static final int MOST_STRANGERS = 16;

    private TcpSockets() {}

    static StreamListener listen(Endpoint.Tcp endpoint) throws IOException {
        String what = "listen at " + endpoint;
        InetAddress address = endpoint.resolve();
        int fd = socket(address, what);
        try (Region name = sockaddr(address, endpoint.port())) {
            Fds.setOption(fd, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1, "SO_REUSEADDR");
            ErrnoException.check(LibC.bind(fd, name.address(), length(address)), what);
            ErrnoException.check(LibC.listen(fd, StreamListener.BACKLOG), what);
            return new TcpListener(fd, new Endpoint.Tcp(endpoint.host(), boundPort(fd, what)));
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
        }
    }

    /**
     * Starts to connect. Wait for {@link Epoll#OUT} on the connection, then ask {@link
     * #connectResult}.
     */
    static Connection connect(Endpoint.Tcp endpoint, InetAddress address) throws IOException {
        Endpoint.Tcp exact = new Endpoint.Tcp(address.getHostAddress(), endpoint.port());
        String remote = endpoint.isNumeric() ? endpoint.toString() : exact.toString();
        String what = "connect to " + remote;
        int fd = socket(address, what);
        try (Region name = sockaddr(address, endpoint.port())) {
            Fds.setNonBlocking(fd);
            if (LibC.connect(fd, name.address(), length(address)) < 0
                    && LibC.errno() != Errno.EINPROGRESS) {
                throw ErrnoException.last(what);
            }
            Fds.setOption(fd, LibC.IPPROTO_TCP, LibC.TCP_NODELAY, 1, "TCP_NODELAY");
            return new Connection(fd, new OwnedFd(fd), remote, Connection.Peer.UNKNOWN);
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
        }
    }

    /**
     * Two connected sockets on the loopback, for a program that takes no other ones. Whoever
     * connects in between is sent away.
     *
     * @return two non-blocking, close-on-exec descriptors, which the caller owns
     * @throws IOException where there is no loopback, or strangers keep connecting
     */
    public static int[] pair() throws IOException {
        String what = "connect on the loopback";
        try (StreamListener listener = listen(new Endpoint.Tcp(LOOPBACK, 0))) {
            int port = ((Endpoint.Tcp) listener.endpoint()).port();
            InetAddress address = new Endpoint.Tcp(LOOPBACK, port).resolve();
            int fd = socket(address, what);
            try (Region name = sockaddr(address, port)) {
                ErrnoException.check(LibC.connect(fd, name.address(), length(address)), what);
                Fds.setNonBlocking(fd);
                Fds.setOption(fd, LibC.IPPROTO_TCP, LibC.TCP_NODELAY, 1, "TCP_NODELAY");
                return new int[] {fd, accept(listener, boundPort(fd, what))};
            } catch (IOException e) {
                LibC.close(fd);
                throw e;
            }
        }
    }

    /** Who comes from that port: what is bound to it, nobody else is. */
    private static int accept(StreamListener listener, int port) throws IOException {
        String wanted = new Endpoint.Tcp(LOOPBACK, port).toString();
        for (int i = 0; i < MOST_STRANGERS; i++) {
            Connection connection = listener.accept();
            if (connection.remote().equals(wanted)) {
                return connection.fd(); // which nothing else closes
            }
            connection.close();
        }
        throw new IOException("others keep connecting to " + listener.endpoint());
    }

    /** Whether it is one end of a connection over IPv4; any descriptor may be asked about. */
    public static boolean isConnected(int fd) {
        try (Region name = Region.allocate(ADDRESS_SIZE);
                Region length = Region.allocate(Integer.BYTES)) {
            length.bytes().order(ByteOrder.nativeOrder()).putInt(0, ADDRESS_SIZE);
            return LibC.getpeername(fd, name.address(), length.address()) == 0
                    && Fds.option(fd, LibC.SOL_SOCKET, LibC.SO_TYPE, "SO_TYPE") == LibC.SOCK_STREAM
                    && name.bytes().order(ByteOrder.nativeOrder()).getShort(0) == LibC.AF_INET;
        } catch (ErrnoException e) {
            return false;
        }
    }

    /** 0 when the connection stands, else its errno. */
    static int connectResult(Connection connection) throws ErrnoException {
        return Fds.option(connection.fd(), LibC.SOL_SOCKET, LibC.SO_ERROR, "SO_ERROR");
    }

    private static int socket(InetAddress address, String what) throws ErrnoException {
        int domain = address instanceof Inet6Address ? LibC.AF_INET6 : LibC.AF_INET;
        return ErrnoException.check(
                LibC.socket(domain, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0), what);
    }

    /** struct sockaddr_in or sockaddr_in6 (ip(7), ipv6(7)). */
    private static Region sockaddr(InetAddress address, int port) {
        Region region = Region.allocate(ADDRESS_SIZE);
        ByteBuffer bytes = region.bytes();
        boolean six = address instanceof Inet6Address;
        bytes.order(ByteOrder.nativeOrder())
                .putShort(0, (short) (six ? LibC.AF_INET6 : LibC.AF_INET));
        bytes.order(ByteOrder.BIG_ENDIAN).putShort(2, (short) port);
        bytes.put(six ? 8 : 4, address.getAddress());
        if (six) {
            bytes.order(ByteOrder.nativeOrder()).putInt(24, ((Inet6Address) address).getScopeId());
        }
        return region;
    }

    /** What a struct sockaddr_in or sockaddr_in6 says. */
    static Endpoint.Tcp endpoint(ByteBuffer name) throws IOException {
        boolean six = name.order(ByteOrder.nativeOrder()).getShort(0) == LibC.AF_INET6;
        byte[] address = new byte[six ? 16 : 4];
        name.get(six ? 8 : 4, address);
        int port = name.order(ByteOrder.BIG_ENDIAN).getShort(2) & 0xffff;
        return new Endpoint.Tcp(InetAddress.getByAddress(address).getHostAddress(), port);
    }

    private static int length(InetAddress address) {
        return address instanceof Inet6Address ? ADDRESS_SIZE : 16;
    }

    private static int boundPort(int fd, String what) throws ErrnoException {
        try (Region name = Region.allocate(ADDRESS_SIZE);
                Region length = Region.allocate(Integer.BYTES)) {
            length.bytes().order(ByteOrder.nativeOrder()).putInt(0, ADDRESS_SIZE);
            ErrnoException.check(LibC.getsockname(fd, name.address(), length.address()), what);
            return name.bytes().getShort(2) & 0xffff;
        }
    }

    /** What listens at a descriptor that is bound already. */
    static StreamListener listener(int fd, Endpoint endpoint) {
        return new TcpListener(fd, endpoint);
    }

    private record TcpListener(int fd, Endpoint endpoint) implements StreamListener {
        @Override
        public Connection accept() throws IOException {
            try (Region name = Region.allocate(ADDRESS_SIZE);
                    Region length = Region.allocate(Integer.BYTES)) {
                length.bytes().order(ByteOrder.nativeOrder()).putInt(0, ADDRESS_SIZE);
                int accepted = Fds.accept(fd, name.address(), length.address(), endpoint);
                try {
                    Fds.setOption(accepted, LibC.IPPROTO_TCP, LibC.TCP_NODELAY, 1, "TCP_NODELAY");
                    return new Connection(
                            accepted,
                            new OwnedFd(accepted),
                            TcpSockets.endpoint(name.bytes()).toString(),
                            Connection.Peer.UNKNOWN);
                } catch (IOException e) {
                    LibC.close(accepted);
                    throw e;
                }
            }
        }

        @Override
        public void close() {
            LibC.close(fd);
        }
    }
}
