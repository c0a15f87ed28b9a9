package org.lanyard.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;

/**
 * One client of the control socket: lines in, lines out. While an answer is still to come, or waits
 * for the client to read it, nothing more is read from the client, so that it costs one line and
 * one answer at most.
 */
final class RpcConnection implements Client {
    private static final int LONGEST_LINE = 1 << 20;

    /** Bytes of events that wait for a client; more it misses. */
    private static final int MOST_WAITING = 256 << 10;

    private static final byte[] NOTHING = {};

    private final Connection connection;
    private final Set<Integer> groups;
    private final ControlLoop loop;
    private final JsonRpc methods;
    private final Region incoming;
    private final Region outgoing;
    private final RpcServer server;

    /** What was read and not looked at yet. */
    private byte[] read = NOTHING;

    private int readOffset;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /** What the client is to read. */
    private byte[] answer = NOTHING;

    private int answerOffset;

    /** Events and pieces of a capture behind the answer. */
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();

    private int waitingBytes;

    /** Whether an answer is still to come. */
    private boolean isAsked;

    private int interest = Epoll.IN;
    private boolean closed;

    /**
     * @param groups of the client's process
     * @param incoming scratch of the control thread, for reads
     * @param outgoing scratch of the control thread, for writes
     */
    RpcConnection(
            Connection connection,
            Set<Integer> groups,
            ControlLoop loop,
            JsonRpc methods,
            Region incoming,
            Region outgoing,
            RpcServer server) {
        this.connection = connection;
        this.groups = groups;
        this.loop = loop;
        this.methods = methods;
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.server = server;
    }

    @Override
    public int uid() {
        return connection.peer().uid();
    }

    @Override
    public Set<Integer> groups() {
        return groups;
    }

    void start() throws IOException {
        loop.watch(connection.fd(), Epoll.IN, this::ready);
    }

    private void ready(int events) {
        if (owesAnswer()) {
            write(); // a client that is gone shows here
        } else if (!isAsked) {
            read();
        } else if ((events & (Epoll.HUP | Epoll.ERR)) != 0) {
            end(null); // what it asked for is done all the same
        }
        goOn();
    }

    private void goOn() {
        while (!closed && !isAsked && !owesAnswer() && readOffset < read.length) {
            take(read[readOffset++]);
        }
        listen();
    }

    private boolean owesAnswer() {
        return answerOffset < answer.length;
    }

    private void read() {
        long count = LibC.read(connection.fd(), incoming.address(), incoming.size());
        if (count < 0 && LibC.errno() == Errno.EAGAIN) {
            return;
        }
        if (count <= 0) {
            end(line.size() > 0 ? "it left in the middle of a line" : null);
            return;
        }
        read = new byte[(int) count];
        incoming.bytes().get(0, read);
        readOffset = 0;
    }

    private void take(byte b) {
        if (b == '\n') {
            String request = line.toString(StandardCharsets.UTF_8);
            line.reset();
            server.heard(this);
            answer(request);
        } else if (b == 0) {
            end(
                    "it sent a zero byte; this is the control socket (JSON-RPC, one message a"
                            + " line), guests attach to a port's socket");
        } else if (line.size() == LONGEST_LINE) {
            end("a line of more than " + LONGEST_LINE + " bytes");
        } else {
            line.write(b);
        }
    }

    private void answer(String request) {
        if (request.isBlank()) {
            return;
        }
        CompletableFuture<String> reply = methods.handle(this, request);
        isAsked = !reply.isDone();
        if (isAsked) {
            reply.thenAccept(this::answerLate);
        } else if (reply.join() != null) {
            answer = bytes(reply.join());
            answerOffset = 0;
            write();
        }
    }

    private void answerLate(String reply) {
        isAsked = false;
        if (reply != null) {
            send(bytes(reply));
        }
        goOn();
    }

    private static byte[] bytes(String line) {
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean push(String event) {
        byte[] bytes = bytes(event);
        if (closed || waitingBytes + bytes.length > MOST_WAITING) {
            return false;
        }
        send(bytes);
        return true;
    }

    @Override
    public boolean isIdle() {
        return !owesAnswer() && waiting.isEmpty();
    }

    @Override
    public void send(byte[] bytes) {
        if (closed) {
            return;
        }
        waiting.add(bytes);
        waitingBytes += bytes.length;
        if (!owesAnswer()) {
            write();
            listen();
        }
    }

    private void write() {
        do {
            if (!owesAnswer()) {
                answer = waiting.isEmpty() ? NOTHING : waiting.remove();
                answerOffset = 0;
                waitingBytes -= answer.length;
            }
            writeAnswer();
        } while (!closed && !owesAnswer() && !waiting.isEmpty());
    }

    private void writeAnswer() {
        while (owesAnswer()) {
            int size = Math.min(answer.length - answerOffset, outgoing.size());
            outgoing.bytes().put(0, answer, answerOffset, size);
            long written = LibC.write(connection.fd(), outgoing.address(), size);
            if (written < 0 && LibC.errno() != Errno.EAGAIN) {
                end(null);
                return;
            }
            if (written < 0) {
                return;
            }
            answerOffset += (int) written;
        }
        answer = NOTHING;
        answerOffset = 0;
    }

    /** For room, for what is asked next, or only for its end. */
    private void listen() {
        int wanted = owesAnswer() ? Epoll.OUT : isAsked ? 0 : Epoll.IN;
        if (closed || wanted == interest) {
            return;
        }
        interest = wanted;
        try {
            loop.change(connection.fd(), wanted);
        } catch (IOException e) {
            end(e.getMessage());
        }
    }

    /**
     * Closes the connection.
     *
     * @param complaint for the log, or null when nothing is wrong
     */
    void end(String complaint) {
        if (!closed) {
            closed = true;
            loop.unwatch(connection.fd());
            Closing.quietly(connection);
            server.left(this, complaint);
        }
    }
}
