package org.lanyard.frame;

import java.nio.ByteBuffer;

/** Where things stand in an Ethernet header (IEEE 802.3, clause 3). Addresses are 48-bit longs. */
public final class Ethernet {
    private static final int SOURCE = 6;
    private static final long GROUP_BIT = 0x0100_0000_0000L;
    private static final long RESERVED = 0x0180_c200_000L;
    private static final int RESERVED_BITS = 4;
    private static final long MAC_CONTROL_GROUP = 0x0180_c200_0001L;
    private static final int MAC_CONTROL_TYPE = 0x8808;
    private static final int TYPE_MASK = 0xffff;
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    private Ethernet() {}

    /**
     * @param offset of a frame of at least 14 bytes
     */
    public static long destination(ByteBuffer bytes, int offset) {
        return bytes.getLong(offset) >>> 16;
    }

    /**
     * @param offset of a frame of at least 14 bytes
     */
    public static long source(ByteBuffer bytes, int offset) {
        return bytes.getLong(offset + SOURCE) >>> 16;
    }

    /**
     * The source in the upper 48 bits and what stands behind it, the EtherType, in the lower 16.
     *
     * @param offset of a frame of at least 14 bytes
     */
    public static long sourceAndType(ByteBuffer bytes, int offset) {
        return bytes.getLong(offset + SOURCE);
    }

    /** Of {@link #sourceAndType}. */
    public static int type(long sourceAndType) {
        return (int) sourceAndType & TYPE_MASK;
    }

    /** PAUSE, PFC and what else is between the two ends of one cable (IEEE 802.3, clause 31). */
    public static boolean isMacControl(int type) {
        return type == MAC_CONTROL_TYPE;
    }

    /** Their group address, which no bridge of any kind forwards (802.1Q-2022, 8.6.3). */
    public static boolean isMacControl(long destination) {
        return destination == MAC_CONTROL_GROUP;
    }

    /** Multicast or broadcast: the I/G bit (IEEE 802, 8.2.2). */
    public static boolean isGroup(long address) {
        return (address & GROUP_BIT) != 0;
    }

    public static boolean isBroadcast(long address) {
        return address == BROADCAST;
    }

    /** Of the link's own protocols, never forwarded by a bridge (IEEE 802.1Q-2022, table 8-1). */
    public static boolean isReserved(long address) {
        return address >>> RESERVED_BITS == RESERVED;
    }

    /** A station's own address: neither a group nor all zeros. Only such a source is learned. */
    public static boolean isStation(long address) {
        return address != 0 && !isGroup(address);
    }
}
