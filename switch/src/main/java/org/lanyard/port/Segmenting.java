package org.lanyard.port;

import org.lanyard.frame.DropReason;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.offload.Segmenter;

/**
 * Stands before another dispatch for slabs that hold super-frames: whole to ports that take them,
 * to all others cut up, once for as many ports as want it. One worker's.
 */
public final class Segmenting implements Dispatch {
    private static final int NOTHING = -1;

    private final Dispatch next;
    private final Segmenter segmenter = new Segmenter();
    private int cut = NOTHING;
    private boolean succeeded;

    public Segmenting(Dispatch next) {
        this.next = next;
    }

    /** Before each burst: what was cut before may be gone. */
    public void begin() {
        cut = NOTHING;
    }

    @Override
    public Slab slab() {
        return next.slab();
    }

    @Override
    public boolean add(Port egress, int start, int end) {
        int prefix = next.slab().bytes().getInt(start);
        if (!SuperFrame.isSuper(prefix) || egress.takesSuperFrames()) {
            return next.add(egress, start, end);
        }
        if (cut != start) {
            cut = start;
            succeeded = segmenter.cut(next.slab(), start);
        }
        if (!succeeded) {
            egress.counters().dropped(DropReason.NOT_SEGMENTED, 1);
            return true;
        }
        boolean all = true;
        int piece = segmenter.start();
        for (int i = 0; i < segmenter.count(); i++) {
            int behind = piece + StreamFormat.size(next.slab().bytes(), piece);
            all &= next.add(egress, piece, behind);
            piece = behind;
        }
        return all;
    }
}
