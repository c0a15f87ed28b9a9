package org.lanyard.control;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Does on a stream socket what QEMU's {@code -netdev stream,server=off} does, over the JDK's own
 * sockets, so that none of the switch's code is its own witness. One thread.
 */
public final class FrameClient implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final long MEETING_ONE = 0x0200_0000_ff01L;
    private static final long MEETING_OTHER = 0x0200_0000_ff02L;
    private static final String END_OF_MEETING = "end of meeting";

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocate(1 << 20).flip();

    private FrameClient(SocketChannel channel) throws IOException {
        this.channel = channel;
        this.selector = Selector.open();
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** A guest on a unix socket. */
    public static FrameClient at(Path socket) throws IOException {
        return open(StandardProtocolFamily.UNIX, UnixDomainSocketAddress.of(socket));
    }

    /** A guest on loopback TCP. */
    public static FrameClient at(int port) throws IOException {
        return open(StandardProtocolFamily.INET, new InetSocketAddress("127.0.0.1", port));
    }

    /** A guest on TCP from an address of its own. */
    public static FrameClient at(String host, int port, String from) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
        try {
            channel.bind(new InetSocketAddress(from, 0));
            channel.connect(new InetSocketAddress(host, port));
            return new FrameClient(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static FrameClient open(StandardProtocolFamily family, SocketAddress address)
            throws IOException {
        SocketChannel channel = SocketChannel.open(family);
        try {
            channel.connect(address);
            return new FrameClient(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends a frame of that content behind its length. */
    public void send(byte[] frame) throws IOException {
        ByteBuffer whole = ByteBuffer.allocate(4 + frame.length);
        sendRaw(whole.putInt(frame.length).put(frame).array());
    }

    /** Sends bytes as they are; few enough for the kernel to take at once. */
    public void sendRaw(byte[] bytes) throws IOException {
        int written = channel.write(ByteBuffer.wrap(bytes));
        if (written != bytes.length) {
            throw new IOException("the kernel took only " + written + " bytes");
        }
    }

    /**
     * The next frame.
     *
     * @throws EOFException when the switch closed the connection
     * @throws IOException when none came within 20 s
     */
    public byte[] receive() throws IOException {
        byte[] frame = receive(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        if (frame == null) {
            throw new IOException("no frame came within " + PATIENCE_SECONDS + " s");
        }
        return frame;
    }

    /** The next frame, or null when none came in time. */
    private byte[] receive(long millis) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (received.remaining() < 4
                || received.remaining() < 4 + received.getInt(received.position())) {
            received.compact();
            try {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || selector.select(left) == 0) {
                    return null;
                }
                selector.selectedKeys().clear();
                if (channel.read(received) < 0) {
                    throw new EOFException("the switch closed the connection");
                }
            } finally {
                received.flip();
            }
        }
        byte[] frame = new byte[received.getInt()];
        received.get(frame);
        return frame;
    }

    /**
     * Waits until each hears the other. A connection is made before the switch has it plugged in,
     * so frames sent before that may reach nobody.
     */
    public static void meet(FrameClient one, FrameClient other) throws IOException {
        for (int i = 0; i < 1000; i++) {
            one.send(frame(BROADCAST, MEETING_ONE, "are you there"));
            other.send(frame(BROADCAST, MEETING_OTHER, "are you there"));
            if (one.receive(20) != null && other.receive(20) != null) {
                one.send(frame(BROADCAST, MEETING_ONE, END_OF_MEETING));
                other.send(frame(BROADCAST, MEETING_OTHER, END_OF_MEETING));
                one.skipMeeting();
                other.skipMeeting();
                return;
            }
        }
        throw new IOException("the two do not hear each other");
    }

    private void skipMeeting() throws IOException {
        String seen;
        do {
            seen = new String(receive(), 14, END_OF_MEETING.length(), StandardCharsets.US_ASCII);
        } while (!seen.equals(END_OF_MEETING));
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    /** A frame of 60 bytes with an EtherType for experiments (IEEE 802, 0x88b5). */
    public static byte[] frame(long destination, long source, String payload) {
        ByteBuffer frame = ByteBuffer.allocate(60);
        putMac(frame, destination);
        putMac(frame, source);
        frame.putShort((short) 0x88b5).put(payload.getBytes(StandardCharsets.US_ASCII));
        return frame.array();
    }

    private static void putMac(ByteBuffer frame, long mac) {
        frame.putShort((short) (mac >>> 32)).putInt((int) mac);
    }
}
