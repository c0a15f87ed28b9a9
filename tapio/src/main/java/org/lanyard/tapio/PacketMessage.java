package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What one {@code recvmsg} of a {@link PacketSocket} tells beside the frame: its vnet header, the
 * VLAN tag that the kernel has taken out of it, and how many frames were lost before it. One
 * thread's; allocates nothing after its constructor.
 *
 * <pre>
 *   msghdr ┊ iovec: header, frame ┊ vnet header ┊ cmsgs: SO_RXQ_OVFL, PACKET_AUXDATA
 * </pre>
 */
public final class PacketMessage implements AutoCloseable {
    // struct msghdr
    private static final int IOVECS = 16;
    private static final int IOVEC_COUNT = 24;
    private static final int CONTROL = 32;
    static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;

    private static final int IOVEC = 56;
    private static final int FRAME_IOVEC = IOVEC + 16;
    private static final int HEADER = FRAME_IOVEC + 16;
    static final int CMSGS = HEADER + 16;
    static final int CMSGS_SIZE = 128;

    /** struct cmsghdr: a long, and two ints. */
    private static final int CMSG_HEADER = 16;

    private static final int PACKET_AUXDATA = 8;

    // struct tpacket_auxdata
    private static final int AUX_CONTROL = 16;
    private static final int AUX_TYPE = 18;
    private static final int AUX_SIZE = 20;
    private static final int VLAN_VALID = 1 << 4;
    private static final int TYPE_VALID = 1 << 6;
    private static final int CUSTOMER_TAG = 0x8100;

    private final Region region = Region.allocate(CMSGS + CMSGS_SIZE);
    private final ByteBuffer bytes = region.bytes().duplicate().order(ByteOrder.nativeOrder());
    private int tagType;
    private int tagControl;
    private int lost;

    public PacketMessage() {
        long address = region.address();
        bytes.putLong(IOVECS, address + IOVEC);
        bytes.putLong(IOVEC_COUNT, 2);
        bytes.putLong(CONTROL, address + CMSGS);
        bytes.putLong(IOVEC, address + HEADER);
        bytes.putLong(IOVEC + Long.BYTES, Tap.VNET_HEADER);
    }

    /**
     * Reads one frame, without its vnet header and its outermost VLAN tag.
     *
     * @param address where it goes
     * @param room bytes there; a frame that is longer is {@link #isTruncated}
     * @return its length, or -1 with {@link LibC#errno()}; EINVAL is a frame that is lost, for no
     *     vnet header can describe it
     */
    public int receive(int fd, long address, int room) {
        bytes.putLong(FRAME_IOVEC, address);
        bytes.putLong(FRAME_IOVEC + Long.BYTES, room);
        bytes.putLong(CONTROL_LENGTH, CMSGS_SIZE);
        int count = (int) LibC.recvmsg(fd, region.address(), 0);
        if (count < 0) {
            return -1;
        }
        look();
        return Math.max(0, count - Tap.VNET_HEADER);
    }

    /** Reads what the kernel tells beside the frame. */
    void look() {
        tagType = 0;
        lost = 0;
        int end = CMSGS + (int) Math.min(bytes.getLong(CONTROL_LENGTH), CMSGS_SIZE);
        for (int at = CMSGS; at + CMSG_HEADER <= end; ) {
            long length = bytes.getLong(at);
            if (length < CMSG_HEADER || length > end - at) {
                return; // cut short, for there was no room
            }
            lookAt(at, (int) length - CMSG_HEADER);
            at += (int) length + Long.BYTES - 1 & -Long.BYTES;
        }
    }

    private void lookAt(int at, int size) {
        int level = bytes.getInt(at + 8);
        int type = bytes.getInt(at + 12);
        int data = at + CMSG_HEADER;
        if (level == LibC.SOL_PACKET && type == PACKET_AUXDATA && size >= AUX_SIZE) {
            lookAtTag(data);
        } else if (level == LibC.SOL_SOCKET && type == LibC.SO_RXQ_OVFL && size >= Integer.BYTES) {
            lost = bytes.getInt(data);
        }
    }

    private void lookAtTag(int data) {
        int status = bytes.getInt(data);
        if ((status & VLAN_VALID) != 0) {
            boolean named = (status & TYPE_VALID) != 0;
            tagType = named ? bytes.getShort(data + AUX_TYPE) & 0xffff : CUSTOMER_TAG;
            tagControl = bytes.getShort(data + AUX_CONTROL) & 0xffff;
        }
    }

    /** Where the last frame's {@code struct virtio_net_hdr} stands in {@link #bytes}. */
    public int header() {
        return HEADER;
    }

    /** For {@link #header}. */
    public ByteBuffer bytes() {
        return region.bytes();
    }

    /** The type of the last frame's tag (TPID), 0 where it had none. */
    public int tagType() {
        return tagType;
    }

    /** Priority, drop eligibility and VLAN of the last frame's tag (TCI). */
    public int tagControl() {
        return tagControl;
    }

    /** Whether the last frame was longer than there was room for. */
    public boolean isTruncated() {
        return (bytes.getInt(FLAGS) & LibC.MSG_TRUNC) != 0;
    }

    /**
     * How many frames the kernel had dropped for a full receive buffer before the last one, since
     * the socket was opened, modulo 2^32; 0 where it did not tell.
     */
    public int lost() {
        return lost;
    }

    @Override
    public void close() {
        region.close();
    }
}
