package org.lanyard.frame;

import java.nio.ByteBuffer;

/**
 * Reads [length|frame][length|frame]… out of a slab into a burst. Nothing outside is trusted: each
 * length is checked before it is used. One object per thread; it holds the last call's result.
 *
 * <p>Rules, after QEMU's net/net.c (net_fill_rstate) and net/stream.c:
 *
 * <ul>
 *   <li>0 to 13 bytes: a runt, skipped and counted; the next length is still where it should be.
 *   <li>14 to 59 bytes: padded with zeros to 60, in the slab's scratch.
 *   <li>60 to {@link #MAX_FRAME} bytes: a frame.
 *   <li>more: not a length. The stream has lost its step and can't find it again.
 * </ul>
 */
public final class StreamFormat {
    /** Bytes of the length in front of each frame. */
    public static final int PREFIX = 4;

    /** QEMU's NET_BUFSIZE (include/net/net.h): a peer closes the connection at one byte more. */
    public static final int MAX_FRAME = 4096 + 65_536;

    /** Destination, source, type: less is no Ethernet frame. */
    public static final int MIN_HEADER = 14;

    /** IEEE 802.3 minimum, without FCS. */
    public static final int MIN_FRAME = 60;

    private int next;
    private int runts;
    private int unpadded;
    private boolean broken;
    private boolean unfinished;

    /**
     * Takes frames until the burst is full, or no whole frame is left.
     *
     * @param from where a length stands
     * @param end behind the last byte that was read
     */
    public void parse(Slab slab, int from, int end, Burst burst) {
        ByteBuffer bytes = slab.bytes();
        int at = from;
        runts = 0;
        unpadded = 0;
        broken = false;
        unfinished = false;
        while (end - at >= PREFIX) {
            if (burst.isFull()) {
                unfinished = true;
                break;
            }
            int length = bytes.getInt(at);
            if (length < 0 && slab.holdsSuperFrames()) {
                length = SuperFrame.length(length);
            }
            if (!isPlausible(length)) {
                broken = true;
                break;
            }
            int behind = at + PREFIX + length;
            if (behind > end) {
                break;
            }
            if (length >= MIN_FRAME) {
                burst.add(at + PREFIX, length);
            } else if (length < MIN_HEADER) {
                runts++;
            } else {
                int padded = pad(slab, at + PREFIX, length);
                if (padded == Slab.NO_SCRATCH) {
                    unpadded++;
                } else {
                    burst.add(padded, MIN_FRAME);
                }
            }
            at = behind;
        }
        next = at;
    }

    /** Bytes that a frame and its prefix take in a slab, where only the switch has written. */
    public static int size(ByteBuffer bytes, int at) {
        return PREFIX + SuperFrame.length(bytes.getInt(at));
    }

    /** Whether a length from outside can be one: no frame is longer than {@link #MAX_FRAME}. */
    public static boolean isPlausible(int length) {
        return length >= 0 && length <= MAX_FRAME;
    }

    private static int pad(Slab slab, int offset, int length) {
        int at = slab.claimScratch(PREFIX + MIN_FRAME);
        if (at == Slab.NO_SCRATCH) {
            return at;
        }
        ByteBuffer bytes = slab.bytes();
        bytes.putInt(at, MIN_FRAME);
        int frame = at + PREFIX;
        bytes.put(frame, bytes, offset, length);
        for (int i = frame + length; i < frame + MIN_FRAME; i++) {
            bytes.put(i, (byte) 0);
        }
        return frame;
    }

    /** Where the last parse stopped: at a length that it did not take, or at the end. */
    public int next() {
        return next;
    }

    /** Frames that the last parse skipped for being shorter than {@link #MIN_HEADER}. */
    public int runts() {
        return runts;
    }

    /** Frames that the last parse left out, for they were to be padded and no scratch was left. */
    public int unpadded() {
        return unpadded;
    }

    /** Whether the last parse stopped at a full burst, with frames left to take. */
    public boolean unfinished() {
        return unfinished;
    }

    /** Whether the last parse met something at {@link #next()} that is no length. */
    public boolean broken() {
        return broken;
    }
}
