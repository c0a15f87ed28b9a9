package org.lanyard.port;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.lanyard.frame.Frames;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.StreamPair;

/** A stream port on the accepted side of a connection, the test on the other. */
final class StreamRig implements PortRig {
    private final StreamPair pair;
    private final StreamPort port;
    private final IoVec pieces = new IoVec(IoVec.MAX_PIECES);
    private final Region scratch = Region.allocate(1 << 20);
    private final Deque<byte[]> toSend = new ArrayDeque<>();
    private byte[] unfinished = new byte[0];

    /**
     * @param buffers bytes asked for as the kernel's buffers of both ends, or 0
     */
    StreamRig(Endpoint endpoint, ChunkPool pool, int backlogLimit, int buffers) {
        try {
            pair = StreamPair.open(endpoint);
            if (buffers > 0) {
                pair.server().setBuffers(buffers, buffers);
                pair.client().setBuffers(buffers, buffers);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PortCounters counters = new PortCounters();
        port = new StreamPort("stream", counters, pair.server().fd(), pool, pieces, backlogLimit);
    }

    @Override
    public StreamPort port() {
        return port;
    }

    @Override
    public int longest() {
        return StreamFormat.MAX_FRAME;
    }

    @Override
    public void send(byte[] frame) {
        sendRaw(Frames.stream(frame));
    }

    /** Hands over bytes that need not be frames. */
    void sendRaw(byte[] bytes) {
        toSend.add(bytes);
    }

    @Override
    public void push() {
        while (!toSend.isEmpty()) {
            byte[] next = toSend.peek();
            scratch.bytes().put(0, next);
            int sent = (int) LibC.write(pair.client().fd(), scratch.address(), next.length);
            if (sent < next.length) {
                if (sent > 0) {
                    toSend.remove();
                    toSend.addFirst(Arrays.copyOfRange(next, sent, next.length));
                }
                return;
            }
            toSend.remove();
        }
    }

    @Override
    public List<byte[]> read(int bytes) {
        int most = Math.min(bytes, scratch.size());
        int count = (int) LibC.read(pair.client().fd(), scratch.address(), most);
        if (count <= 0) {
            return List.of();
        }
        byte[] fresh = new byte[count];
        scratch.bytes().get(0, fresh);
        unfinished = Frames.concat(unfinished, fresh);
        return whole();
    }

    private List<byte[]> whole() {
        List<byte[]> frames = new ArrayList<>();
        int at = 0;
        while (unfinished.length - at >= StreamFormat.PREFIX) {
            int length = java.nio.ByteBuffer.wrap(unfinished).getInt(at);
            if (length < StreamFormat.MIN_FRAME || length > StreamFormat.MAX_FRAME) {
                throw new AssertionError("a length of " + length + ": the stream is torn");
            }
            int end = at + StreamFormat.PREFIX + length;
            if (end > unfinished.length) {
                break;
            }
            frames.add(Arrays.copyOfRange(unfinished, at + StreamFormat.PREFIX, end));
            at = end;
        }
        unfinished = Arrays.copyOfRange(unfinished, at, unfinished.length);
        return frames;
    }

    /** Bytes of a frame of which the rest has not come. */
    int unfinished() {
        return unfinished.length;
    }

    @Override
    public void disconnect() {
        try {
            pair.client().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        port.release();
        try {
            pair.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pieces.close();
        scratch.close();
    }
}
