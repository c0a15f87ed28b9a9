package org.lanyard.port;

import java.util.Arrays;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.offload.Segmenter;

/**
 * Stands before another dispatch for slabs that hold super-frames: whole to ports that take them,
 * to all others cut up, once for each form that a frame leaves in, however many ports want it and
 * in whatever order they come. One worker's.
 */
public final class Segmenting implements Dispatch {
    /** As it came, and with no tag, a customer's or a service's. */
    private static final int FORMS = 4;

    private static final int NOTHING = -1;

    private final Dispatch next;
    private final Segmenter segmenter = new Segmenter();

    // The last super-frames that were cut, by where they stand; no two forms of a frame share that.
    private final int[] cuts = new int[FORMS];
    private final int[] starts = new int[FORMS];
    private final int[] counts = new int[FORMS];
    private int oldest;

    public Segmenting(Dispatch next) {
        this.next = next;
    }

    /** Before each burst: what was cut before may be gone. */
    public void begin() {
        Arrays.fill(cuts, NOTHING);
    }

    @Override
    public Slab slab() {
        return next.slab();
    }

    @Override
    public void add(Port egress, int start, int end) {
        int prefix = next.slab().bytes().getInt(start);
        if (!SuperFrame.isSuper(prefix) || egress.takesSuperFrames()) {
            next.add(egress, start, end);
            return;
        }
        int form = cut(start);
        if (counts[form] == 0) {
            egress.counters().droppedByAnother(DropReason.NOT_SEGMENTED, 1);
            return;
        }
        int piece = starts[form];
        for (int i = 0; i < counts[form]; i++) {
            int behind = piece + StreamFormat.size(next.slab().bytes(), piece);
            next.add(egress, piece, behind);
            piece = behind;
        }
    }

    /** Where the pieces of the super-frame that stands there are listed. */
    private int cut(int start) {
        for (int i = 0; i < FORMS; i++) {
            if (cuts[i] == start) {
                return i;
            }
        }
        int form = oldest;
        oldest = (oldest + 1) % FORMS;
        boolean succeeded = segmenter.cut(next.slab(), start);
        cuts[form] = start;
        starts[form] = segmenter.start();
        counts[form] = succeeded ? segmenter.count() : 0;
        return form;
    }
}
