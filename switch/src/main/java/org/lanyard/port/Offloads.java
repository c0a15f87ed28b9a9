package org.lanyard.port;

import org.lanyard.offload.Coalescer;
import org.lanyard.offload.IntakeCutter;
import org.lanyard.offload.VirtioHeader;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.PacketMessage;
import org.lanyard.tapio.Region;

/** What a worker's ports with vnet headers read and write with, in turn: owned by its thread. */
public final class Offloads implements AutoCloseable {
    final VirtioHeader header = new VirtioHeader();
    final IntakeCutter cutter = new IntakeCutter();
    final Coalescer coalescer = new Coalescer();
    final IoVec pieces = new IoVec(Coalescer.MOST_FRAMES + 1);

    /** A plain frame's header, which stays; behind it one to be written, and the frame's own. */
    final Region headers = Region.allocate(2 * VirtioHeader.SIZE + VirtioHeader.MOST_HEADERS);

    /** For packet sockets. */
    final PacketMessage message = new PacketMessage();

    public Offloads() {
        VirtioHeader.writePlain(headers.bytes(), 0);
    }

    @Override
    public void close() {
        cutter.close();
        coalescer.close();
        pieces.close();
        headers.close();
        message.close();
    }
}
