package org.lanyard.control;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Any program on the control socket: bytes out, lines in. One thread. */
final class LineClient implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocate(64 << 10).flip();

    LineClient(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
        selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** One request, its answer. */
    static String ask(Path socket, String request) throws IOException {
        try (LineClient client = new LineClient(socket)) {
            client.send(request + "\n");
            return client.line();
        }
    }

    /** Sends as much as the kernel takes now, and tells how much that was. */
    int send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    int send(byte[] bytes) throws IOException {
        return channel.write(ByteBuffer.wrap(bytes));
    }

    void sendNoMore() throws IOException {
        channel.shutdownOutput();
    }

    /**
     * @throws EOFException when the switch closed the connection
     * @throws IOException when no whole line came within 20 s
     */
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            while (received.hasRemaining()) {
                byte b = received.get();
                if (b == '\n') {
                    return line.toString(StandardCharsets.UTF_8);
                }
                line.write(b);
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0 || selector.select(left) == 0) {
                throw new IOException("no line within " + PATIENCE_SECONDS + " s, only: " + line);
            }
            selector.selectedKeys().clear();
            received.clear();
            try {
                if (channel.read(received) < 0) {
                    throw new EOFException("the switch closed the connection");
                }
            } finally {
                received.flip();
            }
        }
    }

    /** What has come by now and was not read as a line, and waits for nothing. */
    String lineSoFar() throws IOException {
        received.compact();
        try {
            channel.read(received);
        } finally {
            received.flip();
        }
        return StandardCharsets.UTF_8.decode(received.duplicate()).toString();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
