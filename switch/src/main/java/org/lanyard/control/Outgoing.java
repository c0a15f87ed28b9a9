package org.lanyard.control;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;

/**
 * What a client of the control socket is to read: answers, which come in pieces, and behind them
 * whole lines that wait, events and pieces of a capture, which never get into an answer's line. The
 * control thread's.
 */
final class Outgoing {
    private static final byte[] NOTHING = {};

    private final Region scratch;

    /** What is being written. */
    private byte[] current = NOTHING;

    private int offset;

    /** Of an answer. */
    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();

    /** Whether more of the answer's line is to come, before which nothing else may be sent. */
    private boolean isLineOpen;

    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;

    /**
     * @param scratch of the control thread, for writes
     */
    Outgoing(Region scratch) {
        this.scratch = scratch;
    }

    /** Whether the client has something to read before it is answered again. */
    boolean isOwed() {
        return offset < current.length || !pieces.isEmpty();
    }

    /** Whether the client has read everything. */
    boolean isIdle() {
        return !isOwed() && !isLineOpen && waiting.isEmpty();
    }

    /** Bytes that are kept. */
    long bytes() {
        long sum = current.length - offset + waitingBytes;
        for (byte[] piece : pieces) {
            sum += piece.length;
        }
        return sum;
    }

    /** Bytes of the lines that wait. */
    int waitingBytes() {
        return waitingBytes;
    }

    /**
     * The next piece of an answer.
     *
     * @param piece ends with the line's end unless more is to come; may be empty
     * @param isLast whether it is the answer's last
     */
    void answer(String piece, boolean isLast) {
        if (!piece.isEmpty()) {
            pieces.add(piece.getBytes(StandardCharsets.UTF_8));
        }
        isLineOpen = !isLast && (isLineOpen || !piece.isEmpty());
    }

    /** A line that may wait, with its end. */
    void add(byte[] line) {
        waiting.add(line);
        waitingBytes += line.length;
    }

    /**
     * Writes as much as there is and is taken.
     *
     * @return false when nobody is there any more
     */
    boolean write(int fd) {
        while (takeNext()) {
            int size = Math.min(current.length - offset, scratch.size());
            scratch.bytes().put(0, current, offset, size);
            long written = LibC.write(fd, scratch.address(), size);
            if (written < 0) {
                return LibC.errno() == Errno.EAGAIN;
            }
            offset += (int) written;
        }
        return true;
    }

    /** Whether there is something to be written; where the last is done, the next is taken. */
    private boolean takeNext() {
        if (offset < current.length) {
            return true;
        }
        byte[] next = pieces.poll();
        if (next == null && !isLineOpen && !waiting.isEmpty()) {
            next = takeWaiting();
            waitingBytes -= next.length;
        }
        current = next == null ? NOTHING : next;
        offset = 0;
        return next != null;
    }

    /** As much as goes out at once, or one line that is longer. */
    private byte[] takeWaiting() {
        byte[] first = waiting.remove();
        int most = scratch.size();
        if (waiting.isEmpty() || first.length + waiting.peek().length > most) {
            return first;
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        lines.writeBytes(first);
        while (!waiting.isEmpty() && lines.size() + waiting.peek().length <= most) {
            lines.writeBytes(waiting.remove());
        }
        return lines.toByteArray();
    }
}
