package org.lanyard.policy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The VLANs of one port, and which of them are tagged on its wire (IEEE 802.1Q-2022, 8.8.10: the
 * member set and the untagged set). Immutable.
 */
public final class Vlans {
    /** No VLAN: a trunk without a native one drops what comes untagged. */
    public static final int NONE = 0;

    public static final int LOWEST = 1;

    /** 4095 is reserved (IEEE 802.1Q-2022, table 9-2). */
    public static final int HIGHEST = 4094;

    /** The tag type of customer VLANs, 802.1Q. */
    public static final int CUSTOMER_TAG = 0x8100;

    /** The tag type of service VLANs, 802.1ad. */
    public static final int SERVICE_TAG = 0x88a8;

    /** A port that says nothing among others that do: untagged, in VLAN 1, as a Linux bridge's. */
    public static final Vlans DEFAULT = access(LOWEST);

    /** A port among others that say nothing either: all is one LAN, tags are payload. */
    public static final Vlans UNAWARE = tunnel(LOWEST);

    /**
     * How the port is meant to be used; {@code bridge vlan} and {@code ovs-vsctl} know the same.
     */
    public enum Mode {
        ACCESS,
        TRUNK,
        TUNNEL
    }

    /** What may come in (IEEE 802.1Q-2022, 6.9: acceptable frame types). */
    public enum Admit {
        ALL,
        TAGGED,
        UNTAGGED
    }

    private static final int WORD_BITS = 6;

    private final Mode mode;
    private final int pvid;
    private final BitSet tagged;
    private final int tagType;
    private final Admit admit;
    private final boolean nestedTags;
    private final long[] members = new long[HIGHEST + 2 >> WORD_BITS];

    private Vlans(
            Mode mode, int pvid, BitSet tagged, int tagType, Admit admit, boolean nestedTags) {
        this.mode = mode;
        this.pvid = pvid;
        this.tagged = (BitSet) tagged.clone();
        this.tagged.clear(pvid);
        this.tagType = tagType;
        this.admit = admit;
        this.nestedTags = nestedTags;
        BitSet all = (BitSet) this.tagged.clone();
        if (pvid != NONE) {
            all.set(pvid);
        }
        long[] words = all.toLongArray();
        System.arraycopy(words, 0, members, 0, words.length);
    }

    /** One VLAN, untagged; a frame that carries this VLAN's own tag is let in too. */
    public static Vlans access(int vlan) {
        check(vlan);
        return new Vlans(Mode.ACCESS, vlan, new BitSet(), CUSTOMER_TAG, Admit.ALL, false);
    }

    /**
     * @param nativeVlan untagged, or {@link #NONE}
     * @param vlans tagged
     * @param tagType {@link #CUSTOMER_TAG} or {@link #SERVICE_TAG}
     */
    public static Vlans trunk(int nativeVlan, BitSet vlans, int tagType) {
        if (nativeVlan != NONE) {
            check(nativeVlan);
        }
        if (!vlans.isEmpty()) {
            check(vlans.nextSetBit(0));
            check(vlans.length() - 1);
        }
        if (tagType != CUSTOMER_TAG && tagType != SERVICE_TAG) {
            throw new IllegalArgumentException("no tag type " + Integer.toHexString(tagType));
        }
        return new Vlans(Mode.TRUNK, nativeVlan, vlans, tagType, Admit.ALL, false);
    }

    /** All that comes, its tags included, is payload of one VLAN (802.1Q tunnelling, "QinQ"). */
    public static Vlans tunnel(int vlan) {
        check(vlan);
        return new Vlans(Mode.TUNNEL, vlan, new BitSet(), CUSTOMER_TAG, Admit.ALL, false);
    }

    /** Every VLAN there is, for a trunk of all. */
    public static BitSet all() {
        BitSet all = new BitSet();
        all.set(LOWEST, HIGHEST + 1);
        return all;
    }

    private static void check(int vlan) {
        if (vlan < LOWEST || vlan > HIGHEST) {
            throw new IllegalArgumentException(
                    vlan + " is no VLAN from " + LOWEST + " to " + HIGHEST);
        }
    }

    public Vlans admitting(Admit what) {
        return new Vlans(mode, pvid, tagged, tagType, what, nestedTags);
    }

    public Vlans withNestedTags(boolean pass) {
        return new Vlans(mode, pvid, tagged, tagType, admit, pass);
    }

    public Mode mode() {
        return mode;
    }

    /** The VLAN of what comes untagged, and that leaves untagged; or {@link #NONE}. */
    public int pvid() {
        return pvid;
    }

    /** The VLANs that are tagged on the wire, which the caller may keep. */
    public BitSet tagged() {
        return (BitSet) tagged.clone();
    }

    /** What stands in front of a tag on the port's wire. */
    public int tagType() {
        return tagType;
    }

    public Admit admit() {
        return admit;
    }

    /** Whether the port says so; see {@link #letsNestedTagsOut}. */
    public boolean nestedTags() {
        return nestedTags;
    }

    /**
     * Whether a frame that leaves untagged may begin with a tag of the port's own type, so that
     * whoever gets it takes it for one of that tag's VLAN. A tunnel's are payload.
     */
    public boolean letsNestedTagsOut() {
        return nestedTags || !readsTags();
    }

    /** Whether a frame's tag is looked at, if it has one of the port's type. */
    public boolean readsTags() {
        return mode != Mode.TUNNEL;
    }

    /**
     * @param vlan 0 to 4095
     */
    public boolean contains(int vlan) {
        return (members[vlan >> WORD_BITS] >>> vlan & 1) != 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vlans vlans
                && mode == vlans.mode
                && pvid == vlans.pvid
                && tagged.equals(vlans.tagged)
                && tagType == vlans.tagType
                && admit == vlans.admit
                && nestedTags == vlans.nestedTags;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * mode.hashCode() + pvid) + tagged.hashCode();
    }

    /** As a configuration has it: {@code native 1, trunk 10 20-29}. */
    @Override
    public String toString() {
        return switch (mode) {
            case ACCESS -> "access " + pvid;
            case TUNNEL -> "tunnel " + pvid;
            case TRUNK -> (pvid == NONE ? "" : "native " + pvid + ", ") + "trunk " + ranges(tagged);
        };
    }

    /** For example {@code 10 20-29}, {@code all}, {@code none}. */
    public static String ranges(BitSet vlans) {
        if (vlans.cardinality() >= HIGHEST - 1) {
            return "all";
        }
        return vlans.isEmpty() ? "none" : String.join(" ", listOfRanges(vlans));
    }

    /** For example {@code 10} and {@code 20-29}. */
    public static List<String> listOfRanges(BitSet vlans) {
        List<String> ranges = new ArrayList<>();
        for (int from = vlans.nextSetBit(0); from >= 0; ) {
            int behind = vlans.nextClearBit(from);
            ranges.add(behind - from > 1 ? from + "-" + (behind - 1) : "" + from);
            from = vlans.nextSetBit(behind);
        }
        return ranges;
    }
}
