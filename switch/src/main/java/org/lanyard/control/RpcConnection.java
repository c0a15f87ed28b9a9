package org.lanyard.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;

/**
 * One client of the control socket: lines in, lines out, both bounded. A client that sends no
 * line's end, or does not read its answers, is closed; nobody else notices.
 */
final class RpcConnection {
    /** Told when the connection is closed; {@code complaint} is null when nothing was wrong. */
    @FunctionalInterface
    interface Left {
        void left(RpcConnection connection, String complaint);
    }

    private static final int LONGEST_LINE = 1 << 20;
    private static final int MOST_UNREAD = 64 << 20;

    private final Connection connection;
    private final ControlLoop loop;
    private final RpcMethods methods;
    private final Region incoming;
    private final Region outgoing;
    private final Left left;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ArrayDeque<byte[]> answers = new ArrayDeque<>();
    private int answerOffset;
    private long unread;
    private boolean closed;

    /**
     * @param incoming scratch of the control thread, for reads
     * @param outgoing scratch of the control thread, for writes
     */
    RpcConnection(
            Connection connection,
            ControlLoop loop,
            RpcMethods methods,
            Region incoming,
            Region outgoing,
            Left left) {
        this.connection = connection;
        this.loop = loop;
        this.methods = methods;
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.left = left;
    }

    void start() throws IOException {
        loop.watch(connection.fd(), Epoll.IN, this::ready);
    }

    private void ready(int events) {
        if ((events & Epoll.OUT) != 0) {
            write();
        }
        if (!closed && (events & (Epoll.IN | Epoll.HUP | Epoll.ERR)) != 0) {
            read();
        }
    }

    private void read() {
        long count = LibC.read(connection.fd(), incoming.address(), incoming.size());
        if (count == 0 || count < 0 && LibC.errno() != Errno.EAGAIN) {
            end(line.size() > 0 ? "it left in the middle of a line" : null);
            return;
        }
        for (int i = 0; i < count && !closed; i++) {
            byte b = incoming.bytes().get(i);
            if (b == '\n') {
                answer(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else if (b == 0) {
                end(
                        "it sent a zero byte; this is the control socket (JSON-RPC, one message a line)"
                                + ", guests attach to a port's socket");
            } else if (line.size() == LONGEST_LINE) {
                end("a line of more than " + LONGEST_LINE + " bytes");
            } else {
                line.write(b);
            }
        }
    }

    private void answer(String request) {
        if (request.isBlank()) {
            return;
        }
        String reply = methods.handle(request);
        if (reply != null) {
            byte[] bytes = (reply + "\n").getBytes(StandardCharsets.UTF_8);
            answers.add(bytes);
            unread += bytes.length;
            write();
        }
    }

    private void write() {
        while (!answers.isEmpty()) {
            byte[] head = answers.peek();
            int size = Math.min(head.length - answerOffset, outgoing.size());
            outgoing.bytes().put(0, head, answerOffset, size);
            long written = LibC.write(connection.fd(), outgoing.address(), size);
            if (written < 0 && LibC.errno() != Errno.EAGAIN) {
                end(null);
                return;
            }
            if (written < 0) {
                break;
            }
            unread -= written;
            answerOffset += (int) written;
            if (answerOffset == head.length) {
                answers.remove();
                answerOffset = 0;
            }
        }
        if (unread > MOST_UNREAD) {
            end("it does not read its answers");
            return;
        }
        try {
            loop.change(connection.fd(), answers.isEmpty() ? Epoll.IN : Epoll.IN | Epoll.OUT);
        } catch (IOException e) {
            end(e.getMessage());
        }
    }

    void close() {
        if (!closed) {
            write();
            end(null);
        }
    }

    private void end(String complaint) {
        if (!closed) {
            closed = true;
            loop.unwatch(connection.fd());
            Closing.quietly(connection);
            left.left(this, complaint);
        }
    }
}
