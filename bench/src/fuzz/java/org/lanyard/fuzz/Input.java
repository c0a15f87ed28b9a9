package org.lanyard.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What a fuzzer makes a try of, read from its front; behind its end all is zero. */
public final class Input {
    private final byte[] bytes;
    private int at;

    public Input(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean isEmpty() {
        return at >= bytes.length;
    }

    /** 0 to 255. */
    public int u8() {
        return isEmpty() ? 0 : bytes[at++] & 0xff;
    }

    /** 0 to 65535. */
    public int u16() {
        return u8() << Byte.SIZE | u8();
    }

    public int i32() {
        return u16() << Short.SIZE | u16();
    }

    /** 0 to one less than the bound, which is at most 256. */
    public int below(int bound) {
        return u8() % bound;
    }

    public byte[] take(int most) {
        byte[] taken = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + most));
        at += taken.length;
        return taken;
    }

    public byte[] rest() {
        return take(bytes.length - at);
    }

    /**
     * A frame that may be long though few bytes tell of it: some as they come, then as many of a
     * pattern as is said.
     *
     * @param most bytes of the frame
     */
    public byte[] frame(int most) {
        int told = u16();
        int patterned = told < 0xf000 ? told & 0x3ff : (told & 0xfff) * 18;
        byte[] head = take(u8());
        int length = Math.min(most, head.length + patterned);
        byte[] frame = Arrays.copyOf(head, length);
        for (int i = head.length; i < length; i++) {
            frame[i] = (byte) (i * 31 + (i >>> Byte.SIZE));
        }
        return frame;
    }

    /**
     * One write to a stream of frames: raw bytes, or a frame behind its length or behind another.
     *
     * @param raw of the 256 first bytes, those that say raw bytes, at most 128
     * @param most bytes of the frame
     */
    public byte[] streamPiece(int raw, int most) {
        int kind = u8();
        if (kind < raw) {
            return take(1 + kind);
        }
        int length = kind < 0x80 ? i32() : -1;
        byte[] frame = frame(most);
        byte[] all = new byte[Integer.BYTES + frame.length];
        buffer(all).putInt(length < 0 ? frame.length : length).put(frame);
        return all;
    }

    /** Big-endian. */
    public static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes);
    }
}
