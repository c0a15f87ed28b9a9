package org.lanyard.port;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.lanyard.frame.PortCounters;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;

/** A TAP port on a descriptor of which one call moves one frame, the test on the other one. */
final class FrameRig implements PortRig {
    private static final int MAX_MESSAGE = 70_000;

    private final TapPort port;
    private final int peer;
    private final int longest;
    private final Runnable closer;
    private final Region scratch = Region.allocate(MAX_MESSAGE);
    private final Deque<byte[]> toSend = new ArrayDeque<>();
    private boolean disconnected;

    /**
     * @param peer the other end's descriptor
     * @param closer closes the port's descriptor and all else but the peer's
     */
    FrameRig(TapPort port, int peer, int longest, Runnable closer) {
        this.port = port;
        this.peer = peer;
        this.longest = longest;
        this.closer = closer;
    }

    /**
     * Two ends of a message socket: a TAP in every respect but that it can be full, which a real
     * one hardly ever is.
     */
    static FrameRig onMessageSockets(ChunkPool pool, int backlogLimit, int longest) {
        int[] ends = MessageSockets.open();
        TapPort port = new TapPort("tap", new PortCounters(), ends[0], pool, backlogLimit);
        return new FrameRig(port, ends[1], longest, () -> LibC.close(ends[0]));
    }

    @Override
    public TapPort port() {
        return port;
    }

    @Override
    public int longest() {
        return longest;
    }

    @Override
    public void send(byte[] frame) {
        toSend.add(frame);
    }

    @Override
    public void push() {
        while (!toSend.isEmpty()) {
            byte[] next = toSend.peek();
            scratch.bytes().put(0, next);
            if (LibC.write(peer, scratch.address(), next.length) < 0) {
                return;
            }
            toSend.remove();
        }
    }

    @Override
    public List<byte[]> read(int bytes) {
        int count = (int) LibC.read(peer, scratch.address(), MAX_MESSAGE);
        if (count <= 0) {
            return List.of();
        }
        byte[] frame = new byte[count];
        scratch.bytes().get(0, frame);
        return List.of(frame);
    }

    @Override
    public void disconnect() {
        if (!disconnected) {
            disconnected = true;
            LibC.close(peer);
        }
    }

    @Override
    public void close() {
        port.release();
        disconnect();
        closer.run();
        scratch.close();
    }
}
