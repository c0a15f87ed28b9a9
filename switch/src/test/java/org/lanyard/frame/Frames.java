package org.lanyard.frame;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Frames for tests, alone and as QEMU's stream of them. */
public final class Frames {
    public static final long BROADCAST = 0xffff_ffff_ffffL;

    /** For local experiments (IEEE 802, 9.2.4): no host or guest answers it. */
    private static final short TYPE = (short) 0x88b5;

    private static final int MARK = 14;
    private static final int TAG = 12;

    private Frames() {}

    /** A frame with a payload that depends on the mark, which {@link #mark} reads back. */
    public static byte[] frame(long destination, long source, int length, int mark) {
        byte[] bytes = new byte[Math.max(length, MARK + Integer.BYTES)];
        new Random(mark).nextBytes(bytes);
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        frame.putLong(0, destination << 16);
        frame.putLong(6, source << 16);
        frame.putShort(12, TYPE);
        frame.putInt(MARK, mark);
        return Arrays.copyOf(bytes, length);
    }

    /** The frame with a tag behind its addresses, in front of any other. */
    public static byte[] tagged(byte[] frame, int type, int control) {
        byte[] tag = {(byte) (type >> 8), (byte) type, (byte) (control >> 8), (byte) control};
        byte[] head = Arrays.copyOf(frame, TAG);
        return concat(head, tag, Arrays.copyOfRange(frame, TAG, frame.length));
    }

    /** Bytes of any content. */
    public static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** What {@link #frame} was given; the frame has 18 bytes or more. */
    public static int mark(byte[] frame) {
        return ByteBuffer.wrap(frame).getInt(MARK);
    }

    /** As it has to arrive: with zeros up to 60 bytes. */
    public static byte[] padded(byte[] frame) {
        return Arrays.copyOf(frame, Math.max(frame.length, StreamFormat.MIN_FRAME));
    }

    public static byte[] stream(byte[]... frames) {
        return stream(List.of(frames));
    }

    /** Each frame behind its length. */
    public static byte[] stream(List<byte[]> frames) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] frame : frames) {
            stream.writeBytes(prefix(frame.length));
            stream.writeBytes(frame);
        }
        return stream.toByteArray();
    }

    /** A length alone, true or not. */
    public static byte[] prefix(int length) {
        return ByteBuffer.allocate(StreamFormat.PREFIX).putInt(length).array();
    }

    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Copies of a burst's frames. */
    public static List<byte[]> copy(Slab slab, Burst burst) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < burst.count(); i++) {
            byte[] frame = new byte[burst.length(i)];
            slab.bytes().get(burst.offset(i), frame);
            frames.add(frame);
        }
        return frames;
    }
}
