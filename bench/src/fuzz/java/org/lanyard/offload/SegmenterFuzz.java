package org.lanyard.offload;

import java.util.Arrays;
import java.util.List;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;

/**
 * A super-frame of whatever bytes is refused, or its pieces are all of it and each is right; what
 * stands behind it is in none.
 */
public final class SegmenterFuzz {
    private static final int BEHIND = 256;
    private static final Slab SLAB = new Slab();
    private static final Segmenter SEGMENTER = new Segmenter();

    private SegmenterFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        Input input = new Input(bytes);
        int size = 1 + input.u16() % SuperFrame.MAX_SIZE;
        boolean repaired = (input.u8() & 1) != 0;
        byte[] frame = input.frame(StreamFormat.MAX_FRAME);
        if (frame.length < StreamFormat.MIN_HEADER || frame.length / size > Pieces.MOST) {
            return;
        }
        if (repaired) {
            Repair.repair(frame);
        }
        List<byte[]> pieces = cut(frame, size, (byte) 0xa5);
        List<byte[]> again = cut(frame, size, (byte) 0);
        Check.same(pieces.size(), again.size(), "pieces by what stands behind");
        for (int i = 0; i < pieces.size(); i++) {
            Check.same(pieces.get(i), again.get(i), "piece " + i + " by what stands behind");
        }
        if (!pieces.isEmpty()) {
            Pieces.check(frame, size, -1, false, pieces);
        }
    }

    /** Nothing where it is refused. */
    private static List<byte[]> cut(byte[] frame, int size, byte behind) {
        SLAB.clear();
        byte[] filling = new byte[BEHIND];
        Arrays.fill(filling, behind);
        int end = StreamFormat.PREFIX + frame.length;
        SLAB.bytes().putInt(0, SuperFrame.prefix(frame.length, size));
        SLAB.bytes().put(StreamFormat.PREFIX, frame).put(end, filling);
        boolean isCut = SEGMENTER.cut(SLAB, 0);
        byte[] after = new byte[frame.length];
        SLAB.bytes().get(StreamFormat.PREFIX, after);
        Check.same(frame, after, "the super-frame itself");
        SLAB.bytes().get(end, filling);
        for (byte b : filling) {
            Check.same(behind, b, "what stands behind");
        }
        if (!isCut) {
            return List.of();
        }
        Check.that(SEGMENTER.start() >= Slab.READ_SIZE, "pieces among what was read");
        List<byte[]> pieces = Pieces.list(SLAB, SEGMENTER.start(), SEGMENTER.end());
        Check.same(SEGMENTER.count(), pieces.size(), "pieces that are counted");
        return pieces;
    }
}
