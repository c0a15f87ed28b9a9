package org.lanyard.slirp;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;

/**
 * The child's end of the port: frames in the format of QEMU's stream, both ways, through two fixed
 * buffers. What does not fit towards the switch is lost, and TCP sends it again. One thread.
 */
final class FrameSocket {
    /** Takes a frame where it stands. */
    @FunctionalInterface
    interface Taker {
        void take(long address, int length);
    }

    private static final int IN_SIZE = 256 << 10;
    private static final int OUT_SIZE = 1 << 20;

    private final int fd;
    private final Region in = Region.allocate(IN_SIZE);
    private final Region out = Region.allocate(OUT_SIZE);
    private int inEnd;
    private int outStart;
    private int outEnd;

    FrameSocket(int fd) {
        this.fd = fd;
    }

    int fd() {
        return fd;
    }

    /** What to poll for. */
    int interest() {
        return outStart < outEnd ? PollSet.IN | PollSet.OUT : PollSet.IN;
    }

    /**
     * Reads once and hands on the whole frames.
     *
     * @return false when the switch has closed the connection
     * @throws IOException when something comes that is no frame
     */
    boolean receive(Taker taker) throws IOException {
        long read = LibC.read(fd, in.address() + inEnd, IN_SIZE - inEnd);
        if (read < 0 && isEveryday(LibC.errno())) {
            return true;
        }
        if (read <= 0) {
            return false;
        }
        inEnd += (int) read;
        ByteBuffer bytes = in.bytes();
        int at = 0;
        while (inEnd - at >= StreamFormat.PREFIX) {
            int length = bytes.getInt(at);
            if (!StreamFormat.isPlausible(length)) {
                throw new IOException(length + " is no length of a frame");
            }
            if (inEnd - at < StreamFormat.PREFIX + length) {
                break;
            }
            taker.take(in.address() + at + StreamFormat.PREFIX, length);
            at += StreamFormat.PREFIX + length;
        }
        bytes.put(0, bytes, at, inEnd - at);
        inEnd -= at;
        return true;
    }

    private static boolean isEveryday(int errno) {
        return errno == Errno.EAGAIN || errno == Errno.EINTR;
    }

    /** Keeps a frame for the next {@link #flush}, or loses it when there is no room. */
    void send(long address, long length) {
        if (length < 1 || length > StreamFormat.MAX_FRAME) {
            return;
        }
        int whole = StreamFormat.PREFIX + (int) length;
        if (OUT_SIZE - outEnd < whole) {
            out.bytes().put(0, out.bytes(), outStart, outEnd - outStart);
            outEnd -= outStart;
            outStart = 0;
        }
        if (OUT_SIZE - outEnd >= whole) {
            out.bytes().putInt(outEnd, (int) length);
            LibC.memcpy(out.address() + outEnd + StreamFormat.PREFIX, address, length);
            outEnd += whole;
        }
    }

    /**
     * Writes what the kernel takes.
     *
     * @throws IOException when the switch is gone
     */
    void flush() throws IOException {
        if (outStart == outEnd) {
            return;
        }
        long written = LibC.write(fd, out.address() + outStart, outEnd - outStart);
        if (written > 0) {
            outStart += (int) written;
        } else if (!isEveryday(LibC.errno())) {
            throw new ErrnoException("write to the switch", LibC.errno());
        }
        if (outStart == outEnd) {
            outStart = 0;
            outEnd = 0;
        }
    }
}
