package org.lanyard.offload;

import java.nio.ByteBuffer;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.tapio.Region;

/**
 * Cuts up, where it was read, a super-frame that no port may have whole; see {@link
 * VirtioHeader#isForNobodyWhole}. Its pieces are frames like any that a port reads. One thread's;
 * allocates nothing after its constructor.
 *
 * <pre>
 *   slab  … frame n-1 ┊ super-frame     ┊          slab  … frame n-1 ┊ piece ┊ piece ┊ piece ┊
 *                          └──▶ copy ──▶ PieceWriter ─────────────────▲
 * </pre>
 */
public final class IntakeCutter implements AutoCloseable {
    /** {@link #cut}: there is no room for so many pieces. */
    public static final int NO_ROOM = -1;

    private final Region copy = Region.allocate(StreamFormat.MAX_FRAME);
    private final Headers headers = new Headers();
    private final PieceWriter writer = new PieceWriter();

    /**
     * @param header that stood before the super-frame, after {@link VirtioHeader#settle}
     * @param at where its prefix would go, and that of its first piece goes
     * @param prefix that it would have
     * @return behind the last piece, or {@link #NO_ROOM}
     */
    public int cut(VirtioHeader header, Slab slab, int at, int prefix) {
        int length = SuperFrame.length(prefix);
        ByteBuffer bytes = slab.bytes();
        ByteBuffer frame = copy.bytes();
        frame.put(0, bytes, at + StreamFormat.PREFIX, length);
        if (!headers.parse(frame, 0, length, header.transport())) {
            return NO_ROOM;
        }
        writer.begin(frame, headers, 0, length, SuperFrame.size(prefix), header.hasCwrInAll());
        if (!hasRoom(slab, at, writer.room())) {
            return NO_ROOM;
        }
        int behind = at;
        for (int i = 0; i < writer.count(); i++) {
            writer.write(i, bytes, behind);
            behind += writer.size(i);
        }
        return behind;
    }

    /** What is read last may reach into the scratch, which is still empty. */
    private static boolean hasRoom(Slab slab, int at, long room) {
        long beyond = at + room - Slab.READ_SIZE;
        if (room > Slab.READ_SIZE || beyond > 0 && !slab.hasScratch((int) beyond)) {
            return false;
        }
        if (beyond > 0) {
            slab.claimScratch((int) beyond);
        }
        return true;
    }

    @Override
    public void close() {
        copy.close();
    }
}
