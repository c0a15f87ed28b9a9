package org.lanyard.offload;

import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit
 * words. Sums are kept unfolded in a long, which has room for 64 KiB many times over.
 */
public final class Checksum {
    private static final long LOW_INT = 0xffff_ffffL;

    private Checksum() {}

    /** The words from here on; an odd last byte is the high half of a word. */
    public static long sum(ByteBuffer bytes, int from, int length) {
        int at = from;
        int end = from + length;
        long sum = 0;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            long word = bytes.getLong(at);
            sum += (word >>> Integer.SIZE) + (word & LOW_INT);
        }
        if (at <= end - Integer.BYTES) {
            sum += bytes.getInt(at) & LOW_INT;
            at += Integer.BYTES;
        }
        if (at <= end - Short.BYTES) {
            sum += bytes.getShort(at) & 0xffff;
            at += Short.BYTES;
        }
        if (at < end) {
            sum += (bytes.get(at) & 0xff) << Byte.SIZE;
        }
        return sum;
    }

    /** To 16 bits, not complemented. */
    public static int fold(long sum) {
        long folded = (sum >>> Integer.SIZE) + (sum & LOW_INT);
        while (folded >>> Short.SIZE != 0) {
            folded = (folded >>> Short.SIZE) + (folded & 0xffff);
        }
        return (int) folded;
    }

    /** What stands in a header for this sum. */
    public static short of(long sum) {
        return (short) ~fold(sum);
    }

    /**
     * The same for UDP, where 0 would say that there is none (RFC 768); nowhere else (RFC 1624).
     */
    public static short ofUdp(long sum) {
        short checksum = of(sum);
        return checksum == 0 ? (short) 0xffff : checksum;
    }
}
