package org.lanyard.frame;

import java.nio.ByteBuffer;

/**
 * The tag behind the addresses (IEEE 802.1Q-2022, 9.3 to 9.6): 2 bytes of tag type, then priority
 * (3 bits), drop eligibility (1) and VLAN (12). A frame whose tag is to change is copied into the
 * slab's scratch, for it may leave by several ports in different forms.
 */
public final class VlanTag {
    /** Bytes of a tag. */
    public static final int SIZE = 4;

    /** The form of a frame without a tag, where others name the tag's type. */
    public static final int UNTAGGED = 0;

    private static final int TYPE = 12;
    private static final int CONTROL = 14;
    private static final int VLAN_MASK = 0xfff;
    private static final int ABOVE_VLAN = 0xf000;
    private static final int SHORTEST_TAGGED = StreamFormat.MIN_HEADER + SIZE;

    private VlanTag() {}

    /** What stands where a tag's type would: the frame's tag or its EtherType. */
    public static int type(ByteBuffer bytes, int offset) {
        return bytes.getShort(offset + TYPE) & 0xffff;
    }

    /** What stands behind the tag of a frame that has one. */
    public static int innerType(ByteBuffer bytes, int offset) {
        return bytes.getShort(offset + TYPE + SIZE) & 0xffff;
    }

    /** Priority, drop eligibility and VLAN of a frame that has a tag. */
    public static int control(ByteBuffer bytes, int offset) {
        return bytes.getShort(offset + CONTROL) & 0xffff;
    }

    /** 0 to 4095; 0 is a priority tag, which names no VLAN. */
    public static int vlan(int control) {
        return control & VLAN_MASK;
    }

    /** The same priority and drop eligibility, in another VLAN. */
    public static int withVlan(int control, int vlan) {
        return control & ABOVE_VLAN | vlan;
    }

    /**
     * Puts a tag into a frame, which moves what is behind the addresses: for the tag that the
     * kernel took out of it.
     *
     * @param length of the frame, at least {@link StreamFormat#MIN_HEADER}; {@link #SIZE} bytes
     *     behind it are overwritten
     */
    public static void insert(ByteBuffer bytes, int offset, int length, int type, int control) {
        int target = offset + TYPE;
        bytes.put(target + SIZE, bytes, target, length - TYPE);
        bytes.putShort(target, (short) type);
        bytes.putShort(offset + CONTROL, (short) control);
    }

    /**
     * How long the frame is in another form, padding included.
     *
     * @param from the tag's type, or {@link #UNTAGGED}
     * @param to the same
     */
    public static int lengthAs(int length, int from, int to) {
        int bare = from == UNTAGGED ? length : length - SIZE;
        return Math.max(StreamFormat.MIN_FRAME, to == UNTAGGED ? bare : bare + SIZE);
    }

    /**
     * Copies a frame into the slab's scratch, in another form.
     *
     * @param length of the frame, at least {@link StreamFormat#MIN_FRAME}
     * @param from its tag's type, or {@link #UNTAGGED}
     * @param to the copy's
     * @param control the copy's tag, if it has one
     * @return where the copy's length prefix stands, or {@link Slab#NO_SCRATCH}
     */
    public static int copy(Slab slab, int offset, int length, int from, int to, int control) {
        assert length >= SHORTEST_TAGGED;
        int newLength = lengthAs(length, from, to);
        int at = slab.claimScratch(StreamFormat.PREFIX + newLength);
        if (at == Slab.NO_SCRATCH) {
            return at;
        }
        ByteBuffer bytes = slab.bytes();
        int prefix = bytes.getInt(offset - StreamFormat.PREFIX);
        bytes.putInt(
                at,
                SuperFrame.isSuper(prefix) ? SuperFrame.withLength(prefix, newLength) : newLength);
        int frame = at + StreamFormat.PREFIX;
        bytes.putLong(frame, bytes.getLong(offset));
        bytes.putInt(frame + Long.BYTES, bytes.getInt(offset + Long.BYTES));
        int target = frame + TYPE;
        if (to != UNTAGGED) {
            bytes.putShort(target, (short) to);
            bytes.putShort(target + Short.BYTES, (short) control);
            target += SIZE;
        }
        int source = offset + (from == UNTAGGED ? TYPE : TYPE + SIZE);
        int rest = offset + length - source;
        bytes.put(target, bytes, source, rest);
        for (int i = target + rest; i < frame + newLength; i++) {
            bytes.put(i, (byte) 0);
        }
        return at;
    }
}
