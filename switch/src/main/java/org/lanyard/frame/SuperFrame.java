package org.lanyard.frame;

/**
 * The prefix of a frame in a slab, where it may be more than a length: a kernel with segmentation
 * offload hands out up to 64 KiB of a TCP or UDP flow as one frame, which whoever puts it on a wire
 * has to cut up. Such a super-frame has in its prefix the size of the pieces too.
 *
 * <pre>
 *   plain   0 ┊ 0 … 0          ┊ length (17 bits)
 *   super   1 ┊ size (14 bits) ┊ length (17 bits)
 * </pre>
 *
 * <p>Only the slab of a kernel's interface, a TAP, macvtap or packet socket, has super-frames;
 * {@link StreamFormat} takes none from outside.
 */
public final class SuperFrame {
    /** Payload bytes of a piece, at most. */
    public static final int MAX_SIZE = (1 << 14) - 1;

    private static final int LENGTH_BITS = 17;
    private static final int LENGTH = (1 << LENGTH_BITS) - 1;
    private static final int SUPER = 1 << 31;

    private SuperFrame() {}

    /**
     * @param length of the frame, headers included, at most {@link StreamFormat#MAX_FRAME}
     * @param size payload of each piece, 1 to {@link #MAX_SIZE}
     */
    public static int prefix(int length, int size) {
        if (size < 1 || size > MAX_SIZE || length < 0 || length > StreamFormat.MAX_FRAME) {
            throw new IllegalArgumentException("no super-frame: " + length + " by " + size);
        }
        return SUPER | size << LENGTH_BITS | length;
    }

    public static boolean isSuper(int prefix) {
        return prefix < 0;
    }

    /** Of a plain frame or a super-frame, in bytes. */
    public static int length(int prefix) {
        return prefix & LENGTH;
    }

    /** Of a super-frame: payload bytes of each piece but the last. */
    public static int size(int prefix) {
        return prefix >>> LENGTH_BITS & MAX_SIZE;
    }

    /** The same prefix over another length. */
    public static int withLength(int prefix, int length) {
        return prefix & ~LENGTH | length;
    }
}
