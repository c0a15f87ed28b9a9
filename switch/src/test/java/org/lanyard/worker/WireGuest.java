package org.lanyard.worker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.lanyard.frame.Frames;

/**
 * A guest's end of a unix stream socket, over the JDK's own sockets: it sends what no QEMU would,
 * and reads only when told to. One thread.
 */
final class WireGuest implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int CLOSED = -1;

    private final SocketChannel channel;
    private ByteBuffer received = ByteBuffer.allocate(4096).flip();

    WireGuest(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends frames, each behind its length, and waits until the kernel has them all. */
    void send(byte[]... frames) throws IOException {
        sendRaw(Frames.stream(frames));
    }

    /** Sends bytes as they are. */
    void sendRaw(byte[] bytes) throws IOException {
        int at = 0;
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (at < bytes.length) {
            int taken = offer(Arrays.copyOfRange(bytes, at, bytes.length));
            at += taken;
            if (taken == 0) {
                pause(deadline, "the switch did not read");
            }
        }
    }

    /** Sends what the kernel takes now, which may be nothing; returns how many bytes that were. */
    int offer(byte[] bytes) throws IOException {
        return channel.write(ByteBuffer.wrap(bytes));
    }

    /** The next frame; an error when none comes within 20 s. */
    byte[] receive() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        byte[] frame = poll();
        while (frame == null) {
            if (fetch() == CLOSED) {
                throw new AssertionError("the switch closed the connection");
            }
            frame = poll();
            if (frame == null) {
                pause(deadline, "no frame came");
            }
        }
        return frame;
    }

    /** The next frame that is there already, or null. */
    byte[] receiveNow() throws IOException {
        byte[] frame = poll();
        if (frame == null && fetch() > 0) {
            frame = poll();
        }
        return frame;
    }

    /** Reads until the switch has closed the connection; an error when it does not within 20 s. */
    void awaitClosed() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!isClosed()) {
            pause(deadline, "the switch did not close the connection");
        }
    }

    private boolean isClosed() {
        try {
            int count = fetch();
            while (count > 0) {
                received.position(received.limit());
                count = fetch();
            }
            return count == CLOSED;
        } catch (IOException e) {
            return true; // reset: it left with something of ours unread
        }
    }

    private int fetch() throws IOException {
        received.compact();
        if (!received.hasRemaining()) {
            received = ByteBuffer.allocate(2 * received.capacity()).put(received.flip());
        }
        try {
            return channel.read(received);
        } finally {
            received.flip();
        }
    }

    private byte[] poll() {
        int at = received.position();
        if (received.remaining() < 4 || received.remaining() < 4 + received.getInt(at)) {
            return null;
        }
        byte[] frame = new byte[received.getInt()];
        received.get(frame);
        return frame;
    }

    private static void pause(long deadline, String what) {
        if (System.nanoTime() - deadline > 0) {
            throw new AssertionError(what + " within 20 s");
        }
        LockSupport.parkNanos(50_000);
    }

    void sendNoMore() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
