package org.lanyard.capture;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.frame.VlanTag;
import org.lanyard.policy.Vlans;

/**
 * One port as one capture sees it. Frames come from the thread that owns the port; the count is for
 * any.
 */
final class Sight {
    private final Filter filter;
    private final int port;
    private final FrameRing ring;
    private final AtomicLong missed = new AtomicLong();

    /**
     * @param port its number in the capture
     * @param ring of the thread that owns the port
     */
    Sight(Filter filter, int port, FrameRing ring) {
        this.filter = filter;
        this.port = port;
        this.ring = ring;
    }

    /**
     * @param vlans of the port
     * @param offset of the frame itself, behind its length prefix
     */
    void show(boolean outbound, long nanos, Vlans vlans, ByteBuffer slab, int offset, int length) {
        if (filter.vlan() != Filter.ANY_VLAN && filter.vlan() != vlanOf(slab, offset, vlans)) {
            return;
        }
        if (!ring.offer(port, outbound, nanos, slab, offset, length, filter.kept(length))) {
            missed.setOpaque(missed.getPlain() + 1);
        }
    }

    /**
     * The VLAN in which the port has a frame that looks like this on its wire (IEEE 802.1Q-2022,
     * 6.9); 0 for none. Where no port says anything of VLANs, the outermost tag's.
     */
    private static int vlanOf(ByteBuffer bytes, int offset, Vlans vlans) {
        int type = VlanTag.type(bytes, offset);
        boolean tagged;
        if (vlans == Vlans.UNAWARE) {
            tagged = type == Vlans.CUSTOMER_TAG || type == Vlans.SERVICE_TAG;
        } else {
            tagged = vlans.readsTags() && type == vlans.tagType();
        }
        int named = tagged ? VlanTag.vlan(VlanTag.control(bytes, offset)) : Vlans.NONE;
        return named != Vlans.NONE || vlans == Vlans.UNAWARE ? named : vlans.pvid();
    }

    /** Frames in stream format, one behind the other. */
    void showRun(boolean outbound, long nanos, Vlans vlans, ByteBuffer slab, int start, int end) {
        for (int at = start; at < end; ) {
            int length = SuperFrame.length(slab.getInt(at));
            show(outbound, nanos, vlans, slab, at + StreamFormat.PREFIX, length);
            at += StreamFormat.PREFIX + length;
        }
    }

    /** Frames that the filter let pass and the ring had no room for. */
    long missed() {
        return missed.getOpaque();
    }
}
