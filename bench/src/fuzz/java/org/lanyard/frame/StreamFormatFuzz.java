package org.lanyard.frame;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;

/** A stream of frames, super-frames among them, is read as the rules say, wherever reads cut it. */
public final class StreamFormatFuzz {
    private static final Slab SLAB = new Slab();
    private static final Burst BURST = new Burst();
    private static final StreamFormat FORMAT = new StreamFormat();

    private StreamFormatFuzz() {}

    private static final class Found {
        final List<byte[]> frames = new ArrayList<>();
        int runts;
        boolean broken;
        int next;
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        Input input = new Input(bytes);
        boolean supers = (input.u8() & 1) != 0;
        int cut = input.u16();
        byte[] stream = input.rest();
        Found meant = meant(stream, supers);
        Found found = read(stream, supers, stream.length);
        same(meant, found, "in one read");
        Found cutOff = read(stream, supers, Math.min(cut, stream.length));
        Check.that(cutOff.frames.size() <= found.frames.size(), "more frames of fewer bytes");
        for (int i = 0; i < cutOff.frames.size(); i++) {
            Check.same(found.frames.get(i), cutOff.frames.get(i), "frame " + i + " of a part");
        }
        if (!cutOff.broken) {
            Found rest =
                    read(
                            Arrays.copyOfRange(stream, cutOff.next, stream.length),
                            supers,
                            stream.length - cutOff.next);
            cutOff.frames.addAll(rest.frames);
            cutOff.runts += rest.runts;
            cutOff.broken = rest.broken;
            same(meant, cutOff, "in two reads");
        }
    }

    private static void same(Found meant, Found found, String how) {
        Check.same(meant.broken, found.broken, "broken " + how);
        Check.same(meant.runts, found.runts, "runts " + how);
        Check.same(meant.frames.size(), found.frames.size(), "frames " + how);
        for (int i = 0; i < meant.frames.size(); i++) {
            Check.same(meant.frames.get(i), found.frames.get(i), "frame " + i + " " + how);
        }
    }

    /** The rules, written plainly. */
    private static Found meant(byte[] stream, boolean supers) {
        Found meant = new Found();
        ByteBuffer in = ByteBuffer.wrap(stream);
        while (in.remaining() >= 4) {
            int prefix = in.getInt();
            int length = prefix < 0 && supers ? prefix & 0x1ffff : prefix;
            if (length < 0 || length > 69_632) {
                meant.broken = true;
                break;
            }
            if (length > in.remaining()) {
                break;
            }
            byte[] frame = new byte[length];
            in.get(frame);
            if (length < 14) {
                meant.runts++;
            } else {
                meant.frames.add(Arrays.copyOf(frame, Math.max(60, length)));
            }
        }
        return meant;
    }

    private static Found read(byte[] stream, boolean supers, int end) {
        Found found = new Found();
        SLAB.clear();
        if (supers) {
            SLAB.holdSuperFrames();
        }
        SLAB.bytes().put(0, stream);
        int at = 0;
        do {
            BURST.clear();
            FORMAT.parse(SLAB, at, end, BURST);
            at = FORMAT.next();
            found.runts += FORMAT.runts();
            Check.same(0, FORMAT.unpadded(), "frames without room to be padded");
            for (int i = 0; i < BURST.count(); i++) {
                byte[] frame = new byte[BURST.length(i)];
                SLAB.bytes().get(BURST.offset(i), frame);
                int prefix = SLAB.bytes().getInt(BURST.offset(i) - StreamFormat.PREFIX);
                Check.same(frame.length, SuperFrame.length(prefix), "length in front of a frame");
                found.frames.add(frame);
            }
        } while (FORMAT.unfinished());
        Check.that(at <= end, "read beyond the end");
        found.broken = FORMAT.broken();
        found.next = at;
        return found;
    }
}
