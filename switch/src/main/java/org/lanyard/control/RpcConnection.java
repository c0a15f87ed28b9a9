package org.lanyard.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
final class RpcConnection implements Client, Rounds.Asker {
    private static final int LONGEST_LINE = 1 << 20;

    /** Bytes of events that wait for a client; more it misses. */
    private static final int MOST_WAITING = 256 << 10;

    private static final byte[] NOTHING = {};

    private final Connection connection;
    private final Set<Integer> groups;
    private final boolean isOwner;
    private final ControlLoop loop;
    private final JsonRpc methods;
    private final RpcServer server;

    /** What was read and not looked at yet. */
    private byte[] read = NOTHING;

    private int readOffset;
    private ByteArrayOutputStream line = new ByteArrayOutputStream();

    /** The line that is being answered; null where none is. */
    private Exchange exchange;

    private final Outgoing outgoing;

    /** Whether events are written in the next turn. */
    private boolean isFlushing;

    /** Whether an answer is still to come. */
    private boolean isAsked;

    /** Whether it waits for its turn to be answered. */
    private boolean isQueued;

    /**
     * Its end was seen while it waited: what it asked for is done, and epoll has nothing to tell.
     */
    private boolean isGone;

    private int interest = Epoll.IN;
    private boolean closed;

    /**
     * @param groups of the client's process
     * @param isOwner whether it is root's or the owner's
     */
    RpcConnection(
            Connection connection,
            Set<Integer> groups,
            boolean isOwner,
            ControlLoop loop,
            JsonRpc methods,
            RpcServer server) {
        this.connection = connection;
        this.groups = groups;
        this.isOwner = isOwner;
        this.loop = loop;
        this.methods = methods;
        this.server = server;
        this.outgoing = new Outgoing(server.outgoing());
    }

    @Override
    public int uid() {
        return connection.peer().uid();
    }

    @Override
    public Set<Integer> groups() {
        return groups;
    }

    boolean isOwner() {
        return isOwner;
    }

    /** Bytes that are kept for it: lines that it did not end, and what it did not read. */
    long held() {
        int unfinished = line.size() + read.length - readOffset;
        int asked = exchange == null ? 0 : exchange.held();
        return outgoing.bytes() + unfinished + asked;
    }

    void start() throws IOException {
        loop.watch(connection.fd(), Epoll.IN, this::ready);
    }

    private void ready(int events) {
        boolean hasEnded = (events & (Epoll.HUP | Epoll.ERR)) != 0;
        if (outgoing.isOwed()) {
            write(); // a client that is gone shows here
        } else if (isAsked) {
            if (hasEnded) {
                end(null); // what it asked for is done all the same
            }
        } else if (isQueued) {
            if (hasEnded) {
                isGone = true;
                loop.unwatch(connection.fd());
            }
        } else {
            goOn();
            return;
        }
        if (hasWork()) {
            goOn();
        } else {
            listen();
        }
    }

    private void goOn() {
        if (!isQueued && !closed) {
            isQueued = true;
            server.rounds(this).put(this);
            listen();
        }
    }

    @Override
    public boolean hasWork() {
        return !closed
                && !isAsked
                && !outgoing.isOwed()
                && (exchange != null || readOffset < read.length || isGone);
    }

    @Override
    public void rest() {
        isQueued = false;
        listen();
    }

    @Override
    public void step() {
        try {
            readAndAnswer();
        } catch (RuntimeException e) {
            end(null); // nobody knows how far it came
            throw e;
        }
    }

    private void readAndAnswer() {
        if (closed || isAsked || outgoing.isOwed()) {
            return;
        }
        if (exchange == null && readOffset == read.length) {
            read();
        }
        while (!closed && exchange == null && readOffset < read.length) {
            take(read[readOffset++]);
        }
        if (!closed && exchange != null) {
            answerNext();
        }
        server.grew(this);
    }

    private void read() {
        Region incoming = server.incoming();
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
            line = new ByteArrayOutputStream(); // a long one's memory is not kept
            server.heard(this);
            if (!request.isBlank()) {
                exchange = methods.begin(this, request);
            }
        } else if (b == 0) {
            end(
                    "it sent a zero byte; this is the control socket (JSON-RPC, one message a"
                            + " line), guests attach to a port's socket");
        } else if (line.size() == LONGEST_LINE) {
            end("long-line", "a line of more than " + LONGEST_LINE + " bytes");
        } else {
            line.write(b);
        }
    }

    private void answerNext() {
        Exchange asked = exchange;
        CompletableFuture<String> reply = asked.next();
        isAsked = !reply.isDone();
        if (isAsked) {
            reply.thenAccept(piece -> answerLate(asked, piece));
        } else {
            answer(asked, reply.join());
        }
    }

    private void answerLate(Exchange asked, String piece) {
        isAsked = false;
        answer(asked, piece);
        server.grew(this);
        if (hasWork()) {
            goOn();
        } else {
            listen();
        }
    }

    private void answer(Exchange asked, String piece) {
        if (closed) {
            return;
        }
        if (!asked.hasNext()) {
            exchange = null;
        }
        outgoing.answer(piece, exchange == null);
        write();
    }

    @Override
    public boolean push(byte[] event) {
        if (closed || outgoing.waitingBytes() + event.length > MOST_WAITING) {
            return false;
        }
        outgoing.add(event);
        if (!isFlushing) { // a thousand events of one turn are a few writes
            isFlushing = true;
            loop.execute(this::flushLater);
        }
        return true;
    }

    private void flushLater() {
        isFlushing = false;
        flush();
    }

    private void flush() {
        if (!closed && !outgoing.isOwed()) {
            write();
            listen();
        }
        server.grew(this);
    }

    @Override
    public boolean isIdle() {
        return outgoing.isIdle();
    }

    @Override
    public void send(byte[] bytes) {
        if (closed) {
            return;
        }
        outgoing.add(bytes);
        flush();
    }

    private void write() {
        if (!closed && !outgoing.write(connection.fd())) {
            end(null);
        }
    }

    /** For room, for what is asked next, or only for its end. */
    private void listen() {
        int wanted = outgoing.isOwed() ? Epoll.OUT : isAsked || isQueued ? 0 : Epoll.IN;
        if (closed || isGone || wanted == interest) {
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
        end(null, complaint);
    }

    /**
     * Closes the connection.
     *
     * @param reason the bound that it met, in a word that is counted; null for none
     * @param complaint for the log, or null when nothing is wrong
     */
    void end(String reason, String complaint) {
        if (!closed) {
            closed = true;
            loop.unwatch(connection.fd());
            Closing.quietly(connection);
            server.left(this, reason, complaint);
        }
    }
}
