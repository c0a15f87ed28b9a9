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
    static Connection connect(Endpoint.Tcp endpoint) throws IOException {
        String what = "connect to " + endpoint;
        InetAddress address = endpoint.resolve();
        int fd = socket(address, what);
        try (Region name = sockaddr(address, endpoint.port())) {
            Fds.setNonBlocking(fd);
            if (LibC.connect(fd, name.address(), length(address)) < 0
                    && LibC.errno() != Errno.EINPROGRESS) {
                throw ErrnoException.last(what);
            }
            Fds.setOption(fd, LibC.IPPROTO_TCP, LibC.TCP_NODELAY, 1, "TCP_NODELAY");
            return new Connection(
                    fd, new OwnedFd(fd), endpoint.toString(), Connection.Peer.UNKNOWN);
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
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
