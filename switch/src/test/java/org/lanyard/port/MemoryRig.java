package org.lanyard.port;

import java.util.ArrayList;
import java.util.List;
import org.lanyard.frame.StreamFormat;

/** Takes a few frames at a time, as a kernel with little memory would. */
final class MemoryRig implements PortRig {
    private static final int ROOM = 8;

    private final MemoryPort port;
    private final List<byte[]> onTheWire = new ArrayList<>();

    MemoryRig(ChunkPool pool, int backlogLimit) {
        port = new MemoryPort("memory", pool, backlogLimit);
        port.roomFor(ROOM);
    }

    @Override
    public KernelPort port() {
        return port;
    }

    @Override
    public int longest() {
        return StreamFormat.MAX_FRAME;
    }

    @Override
    public void send(byte[] frame) {
        port.arrive(frame);
    }

    @Override
    public void push() {}

    @Override
    public List<byte[]> read(int bytes) {
        onTheWire.addAll(port.takeSent());
        if (onTheWire.isEmpty()) {
            return List.of();
        }
        List<byte[]> first = List.of(onTheWire.remove(0));
        port.roomFor(ROOM - onTheWire.size());
        return first;
    }

    @Override
    public void disconnect() {
        throw new UnsupportedOperationException("there is no other end");
    }

    @Override
    public void close() {
        port.release();
    }
}
