package org.lanyard.port;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.lanyard.frame.PortCounters;
import org.lanyard.offload.VirtioHeader;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.Tap;

/** A port on a descriptor of which one call moves one frame, the test on the other one. */
final class FrameRig implements PortRig {
    private static final int MAX_MESSAGE = 70_000;

    /** Makes the port that is tested. */
    interface Maker {
        FramePort make(PortCounters counters, Offloads with);
    }

    private final FramePort port;
    private final int fd;
    private final int peer;
    private final int peerHeader;
    private final int longest;
    private final Runnable closer;
    private final Offloads offloads = new Offloads();
    private final Region scratch = Region.allocate(MAX_MESSAGE);
    private final Deque<byte[]> toSend = new ArrayDeque<>();
    private boolean disconnected;

    /**
     * @param fd the port's descriptor
     * @param peer the other end's descriptor
     * @param peerHeader bytes in front of each frame there
     * @param closer closes all but the two descriptors
     */
    FrameRig(int fd, int peer, int peerHeader, int longest, Maker maker, Runnable closer) {
        this.fd = fd;
        this.peer = peer;
        this.peerHeader = peerHeader;
        this.longest = longest;
        this.closer = closer;
        this.port = maker.make(new PortCounters(), offloads);
    }

    /**
     * Two ends of a message socket: a TAP in every respect but that it can be full, which a real
     * one hardly ever is.
     */
    static FrameRig onMessageSockets(ChunkPool pool, int backlogLimit, int longest) {
        int[] ends = MessageSockets.open();
        return new FrameRig(
                ends[0],
                ends[1],
                Tap.VNET_HEADER,
                longest,
                tap(ends[0], pool, backlogLimit),
                () -> {});
    }

    static Maker tap(int fd, ChunkPool pool, int backlogLimit) {
        return (counters, with) -> new TapPort("tap", counters, fd, pool, with, true, backlogLimit);
    }

    @Override
    public FramePort port() {
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
            VirtioHeader.writePlain(scratch.bytes(), 0);
            scratch.bytes().put(peerHeader, next);
            if (LibC.write(peer, scratch.address(), peerHeader + next.length) < 0) {
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
        byte[] frame = new byte[count - peerHeader];
        scratch.bytes().get(peerHeader, frame);
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
        LibC.close(fd);
        closer.run();
        offloads.close();
        scratch.close();
    }
}
