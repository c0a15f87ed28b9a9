package org.lanyard.offload;

import java.nio.ByteBuffer;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;

/**
 * Cuts a super-frame up into the frames that would have crossed a wire, as the kernel's software
 * segmentation does: numbers count up, FIN and PSH stand in the last piece alone and CWR in the
 * first, lengths and checksums are each piece's own. The pieces follow one another in the slab's
 * scratch, in stream format. One thread's; allocates nothing.
 */
public final class Segmenter {
    private final Headers headers = new Headers();
    private final PieceWriter writer = new PieceWriter();
    private int start;
    private int end;

    /**
     * @param at where the super-frame's prefix stands
     * @return false when it is no TCP segment or UDP datagram, or the slab has no room for the
     *     pieces
     */
    public boolean cut(Slab slab, int at) {
        ByteBuffer bytes = slab.bytes();
        int prefix = bytes.getInt(at);
        int offset = at + StreamFormat.PREFIX;
        int length = SuperFrame.length(prefix);
        if (!headers.parse(bytes, offset, length)) {
            return false;
        }
        writer.begin(bytes, headers, offset, length, SuperFrame.size(prefix), false);
        long room = writer.room();
        if (room > Integer.MAX_VALUE || !slab.hasScratch((int) room)) {
            return false;
        }
        for (int i = 0; i < writer.count(); i++) {
            int piece = slab.claimScratch(writer.size(i));
            writer.write(i, bytes, piece);
            if (i == 0) {
                start = piece;
            }
            end = piece + writer.size(i);
        }
        return true;
    }

    /** Where the first piece's length prefix stands. */
    public int start() {
        return start;
    }

    /** Behind the last piece. */
    public int end() {
        return end;
    }

    /** How many pieces, at least 1. */
    public int count() {
        return writer.count();
    }
}
