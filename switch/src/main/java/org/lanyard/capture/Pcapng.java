package org.lanyard.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Blocks of a pcapng section (draft-ietf-opsawg-pcapng, section 4), written to a buffer from its
 * position on; each is written whole or, for want of room, not at all. Times are nanoseconds since
 * 1970.
 */
final class Pcapng {
    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int INTERFACE_STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;

    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final short MAJOR = 1;
    private static final short MINOR = 0;
    private static final long UNKNOWN_LENGTH = -1;
    private static final short ETHERNET = 1;

    private static final int SHB_USERAPPL = 4;
    private static final int IF_NAME = 2;
    private static final int IF_TSRESOL = 9;
    private static final byte NANOSECONDS = 9;
    private static final int EPB_FLAGS = 2;
    private static final int ISB_STARTTIME = 2;
    private static final int ISB_ENDTIME = 3;
    private static final int ISB_IFRECV = 4;
    private static final int ISB_IFDROP = 5;
    private static final int END_OF_OPTIONS = 0;

    /** Bits 0 and 1 of epb_flags. */
    private static final int INBOUND = 1;

    private static final int OUTBOUND = 2;

    /** Type and length before a block's body, the length again behind it. */
    private static final int FRAME_OF_BLOCK = 12;

    private static final int OPTION = 4;

    private Pcapng() {}

    /** A buffer in the byte order that the section header announces. */
    static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int padded(int length) {
        return length + 3 & ~3;
    }

    private static int begin(ByteBuffer out, int type) {
        int start = out.position();
        out.putInt(type).putInt(0);
        return start;
    }

    private static void end(ByteBuffer out, int start) {
        int length = out.position() - start + Integer.BYTES;
        out.putInt(length).putInt(start + Integer.BYTES, length);
    }

    private static void pad(ByteBuffer out, int length) {
        for (int i = length; i < padded(length); i++) {
            out.put((byte) 0);
        }
    }

    private static void optionHead(ByteBuffer out, int code, int length) {
        out.putShort((short) code).putShort((short) length);
    }

    private static void option(ByteBuffer out, int code, byte... value) {
        optionHead(out, code, value.length);
        out.put(value);
        pad(out, value.length);
    }

    private static void number(ByteBuffer out, int code, long value) {
        optionHead(out, code, Long.BYTES);
        out.putLong(value);
    }

    /** The upper half first, whatever the byte order. */
    private static void time(ByteBuffer out, long nanos) {
        out.putInt((int) (nanos >>> Integer.SIZE)).putInt((int) nanos);
    }

    /** Begins the file. */
    static boolean section(ByteBuffer out, String application) {
        byte[] name = application.getBytes(StandardCharsets.UTF_8);
        if (out.remaining() < FRAME_OF_BLOCK + 16 + 2 * OPTION + padded(name.length)) {
            return false;
        }
        int start = begin(out, SECTION_HEADER);
        out.putInt(BYTE_ORDER_MAGIC).putShort(MAJOR).putShort(MINOR).putLong(UNKNOWN_LENGTH);
        option(out, SHB_USERAPPL, name);
        option(out, END_OF_OPTIONS);
        end(out, start);
        return true;
    }

    /** Describes the next port; the first is number 0. */
    static boolean port(ByteBuffer out, String name, int snap) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (out.remaining() < FRAME_OF_BLOCK + 8 + 4 * OPTION + padded(text.length)) {
            return false;
        }
        int start = begin(out, INTERFACE_DESCRIPTION);
        out.putShort(ETHERNET).putShort((short) 0).putInt(snap);
        option(out, IF_NAME, text);
        option(out, IF_TSRESOL, NANOSECONDS);
        option(out, END_OF_OPTIONS);
        end(out, start);
        return true;
    }

    /**
     * The frame at the ring's head, which stays there.
     *
     * @param epoch added to the ring's nanoseconds
     */
    static boolean frame(ByteBuffer out, FrameRing ring, long epoch) {
        int kept = ring.kept();
        if (out.remaining() < FRAME_OF_BLOCK + 20 + padded(kept) + 3 * OPTION) {
            return false;
        }
        int start = begin(out, ENHANCED_PACKET);
        out.putInt(ring.port());
        time(out, epoch + ring.nanos());
        out.putInt(kept).putInt(ring.length());
        ring.copyTo(out);
        pad(out, kept);
        optionHead(out, EPB_FLAGS, Integer.BYTES);
        out.putInt(ring.isOutbound() ? OUTBOUND : INBOUND);
        option(out, END_OF_OPTIONS);
        end(out, start);
        return true;
    }

    /**
     * What became of a port's frames in the capture.
     *
     * @param received frames that passed the filter, those missed included
     */
    static boolean statistics(
            ByteBuffer out, int port, long began, long ended, long received, long missed) {
        if (out.remaining() < FRAME_OF_BLOCK + 12 + 5 * OPTION + 4 * Long.BYTES) {
            return false;
        }
        int start = begin(out, INTERFACE_STATISTICS);
        out.putInt(port);
        time(out, ended);
        optionHead(out, ISB_STARTTIME, Long.BYTES);
        time(out, began);
        optionHead(out, ISB_ENDTIME, Long.BYTES);
        time(out, ended);
        number(out, ISB_IFRECV, received);
        number(out, ISB_IFDROP, missed);
        option(out, END_OF_OPTIONS);
        end(out, start);
        return true;
    }
}
