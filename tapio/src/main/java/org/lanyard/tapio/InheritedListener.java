package org.lanyard.tapio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A listening stream socket that this process got from the one that started it, which has it too.
 * Closing leaves it open: connections wait in its queue for whoever takes them next.
 */
record InheritedListener(StreamListener listener) implements StreamListener {
    /** sizeof(struct sockaddr_un), the largest of the three. */
    private static final int NAME_SIZE = 110;

    private static final int FAMILY_SIZE = 2;

    /**
     * @throws IOException naming what is wrong with the descriptor
     */
    static StreamListener at(int fd) throws IOException {
        Fds.setCloseOnExec(fd);
        int type = Fds.option(fd, LibC.SOL_SOCKET, LibC.SO_TYPE, "SO_TYPE");
        if (type != LibC.SOCK_STREAM) {
            throw new IOException("it is no stream socket (SO_TYPE is " + type + ")");
        }
        if (Fds.option(fd, LibC.SOL_SOCKET, LibC.SO_ACCEPTCONN, "SO_ACCEPTCONN") == 0) {
            throw new IOException("it does not listen");
        }
        try (Region name = Region.allocate(NAME_SIZE);
                Region length = Region.allocate(Integer.BYTES)) {
            length.bytes().order(ByteOrder.nativeOrder()).putInt(0, NAME_SIZE);
            ErrnoException.check(
                    LibC.getsockname(fd, name.address(), length.address()), "getsockname");
            int size = length.bytes().getInt(0);
            return new InheritedListener(listener(fd, name.bytes(), size));
        }
    }

    private static StreamListener listener(int fd, ByteBuffer name, int size) throws IOException {
        int family = name.order(ByteOrder.nativeOrder()).getShort(0);
        if (family == LibC.AF_INET || family == LibC.AF_INET6) {
            return TcpSockets.listener(fd, TcpSockets.endpoint(name));
        }
        if (family != LibC.AF_UNIX) {
            throw new IOException("it is of address family " + family + ", not unix or TCP");
        }
        byte[] path = new byte[Math.max(0, size - FAMILY_SIZE)];
        name.get(FAMILY_SIZE, path);
        String text = new String(path, StandardCharsets.UTF_8);
        if (!text.startsWith("/")) {
            throw new IOException("it has no path in the file system");
        }
        int end = text.indexOf('\0');
        Path file = Path.of(end < 0 ? text : text.substring(0, end));
        return UnixSockets.listener(fd, new Endpoint.Unix(file));
    }

    @Override
    public int fd() {
        return listener.fd();
    }

    @Override
    public Endpoint endpoint() {
        return listener.endpoint();
    }

    @Override
    public Connection accept() throws IOException {
        return listener.accept();
    }

    @Override
    public void close() {
        // The socket is not ours alone.
    }
}
