package org.lanyard.offload;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.frame.VlanTag;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;

/**
 * A frame with whatever vnet header before it is refused, made a plain one, or a super-frame that
 * can be cut and written; and never is a byte behind it read or written.
 */
public final class VirtioHeaderFuzz {
    private static final int BEHIND = 256;
    private static final Slab SLAB = new Slab();
    private static final VirtioHeader HEADER = new VirtioHeader();
    private static final IntakeCutter CUTTER = new IntakeCutter();
    private static final Segmenter SEGMENTER = new Segmenter();
    private static final ByteBuffer WRITTEN =
            ByteBuffer.allocate(VirtioHeader.SIZE + VirtioHeader.MOST_HEADERS);

    private VirtioHeaderFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        Input input = new Input(bytes);
        byte[] header = Arrays.copyOf(input.take(VirtioHeader.SIZE), VirtioHeader.SIZE);
        int flags = input.u8();
        byte[] frame = input.frame(StreamFormat.MAX_FRAME - VlanTag.SIZE);
        if (frame.length < StreamFormat.MIN_HEADER) {
            return;
        }
        if ((flags & 1) != 0) {
            Repair.repair(frame);
        }
        byte[] first = settle(header, frame, (flags & 2) != 0, (byte) 0xa5);
        byte[] second = settle(header, frame, (flags & 2) != 0, (byte) 0);
        Check.same(first, second, "what became of it, by what stands behind");
    }

    /** All that became of it, one after another. */
    private static byte[] settle(byte[] header, byte[] frame, boolean tagged, byte behind) {
        int at = 0;
        int offset = StreamFormat.PREFIX;
        SLAB.clear();
        SLAB.bytes().put(offset, frame);
        byte[] filling = new byte[BEHIND];
        Arrays.fill(filling, behind);
        int length = frame.length;
        HEADER.read(ByteBuffer.wrap(header), 0);
        if (tagged) {
            VlanTag.insert(SLAB.bytes(), offset, length, 0x88a8, 0x2007);
            HEADER.passTag();
            length += VlanTag.SIZE;
        }
        SLAB.bytes().put(offset + length, filling);
        byte[] before = copy(offset, length);
        int prefix = HEADER.settle(SLAB.bytes(), offset, length);
        Check.same(filling, copy(offset + length, BEHIND), "what stands behind");
        byte[] after = copy(offset, length);
        if (prefix == 0) {
            Check.same(before, after, "a frame that is refused");
            return new byte[0];
        }
        Check.same(length, SuperFrame.length(prefix), "its length");
        if (!SuperFrame.isSuper(prefix)) {
            checkPlain(before, after);
            return after;
        }
        Check.same(before, after, "a super-frame");
        int size = SuperFrame.size(prefix);
        if (length / size > Pieces.MOST) {
            return after;
        }
        int wanted = HEADER.transport();
        if (HEADER.isForNobodyWhole()) {
            int end = CUTTER.cut(HEADER, SLAB, at, prefix);
            if (end == IntakeCutter.NO_ROOM) {
                return new byte[1];
            }
            boolean keepsCwr = HEADER.hasCwrInAll();
            Pieces.check(before, size, wanted, keepsCwr, Pieces.list(SLAB, at, end));
            return copy(at, end);
        }
        SLAB.bytes().putInt(at, prefix);
        if (SEGMENTER.cut(SLAB, at)) {
            List<byte[]> pieces = Pieces.list(SLAB, SEGMENTER.start(), SEGMENTER.end());
            Pieces.check(before, size, -1, false, pieces);
        }
        write(offset, length, size);
        return after;
    }

    private static byte[] copy(int at, int length) {
        byte[] copy = new byte[length];
        SLAB.bytes().get(at, copy);
        return copy;
    }

    /** Two or, in SCTP, four bytes at most are others. */
    private static void checkPlain(byte[] before, byte[] after) {
        int first = Arrays.mismatch(before, after);
        int last = first;
        for (int i = Math.max(first, 0); i < before.length; i++) {
            last = before[i] == after[i] ? last : i;
        }
        Check.that(last - first < Integer.BYTES, "more than a checksum is another");
        Check.that(first < 0 || first >= StreamFormat.MIN_HEADER, "the Ethernet header is another");
    }

    /** What is written of it describes it, and is read as the same. */
    private static void write(int offset, int length, int size) {
        ByteBuffer bytes = SLAB.bytes();
        Check.that(
                HEADER.writeSuper(WRITTEN, 0, bytes, offset, length, size),
                "a super-frame that can't be written");
        HEADER.read(WRITTEN, 0);
        int again = HEADER.settle(bytes, offset, length);
        Check.same(SuperFrame.prefix(length, size), again, "what was written, read");
        HEADER.writeLone(WRITTEN, 0, bytes, offset, length);
    }
}
