package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.VlanTag;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.PacketMessage;

/**
 * A network card, on a packet socket. The kernel has taken the outermost VLAN tag out of each
 * frame; it is put back before anybody looks.
 *
 * <pre>
 *   recvmsg ─┬─ frame ─────────▶ slab, behind the last one; a tag moves its rest by 4 bytes
 *            └─ PacketMessage: vnet header, tag, how many were lost before
 * </pre>
 *
 * <p>One call a frame, straight into the slab. A burst by recvmmsg has to be copied there, for a
 * frame's length is known only afterwards: that takes 18 % less time for frames of 1514 bytes, a
 * quarter more for super-frames, which most of TCP's bytes come in, and 69 KiB for each frame of
 * the burst.
 */
public final class PacketPort extends FramePort {
    /** A tagged frame is not to be longer than {@link StreamFormat#MAX_FRAME} either. */
    private static final int ROOM = StreamFormat.MAX_FRAME - VlanTag.SIZE;

    private static final int CUSTOMER_TAG = 0x8100;
    private static final int SERVICE_TAG = 0x88a8;

    private volatile int mtu;
    private int lost;

    /**
     * @param fd of a {@link org.lanyard.tapio.PacketSocket}
     * @param with of the owning worker's thread
     * @param mtu of the interface, bytes
     * @param backlogLimit bytes, at least {@link ChunkPool#CHUNK_SIZE}
     */
    public PacketPort(
            String name,
            PortCounters counters,
            int fd,
            ChunkPool pool,
            Offloads with,
            int mtu,
            int backlogLimit) {
        super(name, counters, fd, pool, with, true, backlogLimit);
        this.mtu = mtu;
    }

    /** The interface's MTU has changed; any thread. */
    public void mtu(int bytes) {
        mtu = bytes;
    }

    @Override
    public int fill(Slab slab) {
        int end = 0;
        for (int i = 0; i < BUDGET && slab.takesMore(end); i++) {
            int length = with.message.receive(fd(), slab.address() + end + PREFIX, ROOM);
            if (length >= 0) {
                end = take(slab, end, length);
            } else if (LibC.errno() == Errno.EINVAL) {
                lose(end, 0); // no vnet header can describe it
            } else {
                return end; // nothing more, or the interface is down
            }
        }
        return end;
    }

    private int take(Slab slab, int at, int length) {
        PacketMessage message = with.message;
        int lostNow = message.lost();
        if (lostNow != 0 && lostNow != lost) {
            counters().dropped(DropReason.NOT_READ, lostNow - lost & 0xffff_ffffL);
            lost = lostNow;
        }
        if (message.isTruncated() || length < StreamFormat.MIN_HEADER) {
            return lose(at, length);
        }
        with.header.read(message.bytes(), message.header());
        if (message.tagType() == VlanTag.UNTAGGED) {
            return settle(slab, at, length);
        }
        VlanTag.insert(slab.bytes(), at + PREFIX, length, message.tagType(), message.tagControl());
        with.header.passTag();
        return settle(slab, at, length + VlanTag.SIZE);
    }

    /** One tag may be beyond the MTU, of whichever type (net/core/dev.c is_skb_forwardable). */
    @Override
    boolean fits(ByteBuffer bytes, int offset, int length) {
        int longest = mtu + StreamFormat.MIN_HEADER;
        return length <= longest
                || length <= longest + VlanTag.SIZE && isTag(VlanTag.type(bytes, offset));
    }

    /** A packet socket knows one type alone (af_packet.c packet_extra_vlan_len_allowed). */
    @Override
    boolean isRefusedPlain(ByteBuffer bytes, int offset, int length) {
        return length > mtu + StreamFormat.MIN_HEADER
                && VlanTag.type(bytes, offset) == SERVICE_TAG
                && fits(bytes, offset, length);
    }

    private static boolean isTag(int type) {
        return type == CUSTOMER_TAG || type == SERVICE_TAG;
    }

    /**
     * A full queue of the interface's is no room to wait for: the socket can be written to before
     * and after, so the wait would be a spin.
     */
    @Override
    DropReason refused(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.EINTR -> null;
            case Errno.EMSGSIZE -> DropReason.ABOVE_MTU;
            case Errno.ENETDOWN, Errno.ENXIO -> DropReason.INTERFACE_DOWN;
            case Errno.ENOBUFS -> DropReason.INTERFACE_FULL;
            default -> DropReason.WRITE_FAILED;
        };
    }
}
