package org.lanyard.offload;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;
import org.lanyard.fuzz.Sockets;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.StreamPair;

/**
 * Each frame of a burst leaves once, those of a flow in their order; what left together is cut into
 * the very frames that it was put together from.
 */
public final class CoalescerFuzz {
    private static final int MOST = 48;
    private static final StreamPair PAIR = Sockets.pair();
    private static final Region IN = Region.allocate(StreamFormat.MAX_FRAME + 64);
    private static final Slab SLAB = new Slab();
    private static final Slab SCRATCH = new Slab();
    private static final Segmenter SEGMENTER = new Segmenter();
    private static final Coalescer COALESCER = new Coalescer();
    private static final IoVec PIECES = new IoVec(Coalescer.MOST_FRAMES + 1);

    private final List<byte[]> frames = new ArrayList<>();
    private final Map<Integer, Integer> numbers = new HashMap<>();
    private final List<Integer> left = new ArrayList<>();

    private CoalescerFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        new CoalescerFuzz().run(new Input(bytes));
    }

    private void run(Input input) {
        while (!input.isEmpty() && frames.size() < MOST) {
            add(input);
        }
        SLAB.clear();
        COALESCER.clear();
        int at = 0;
        for (byte[] frame : frames) {
            int end = at + StreamFormat.PREFIX + frame.length;
            if (end > Slab.READ_SIZE) {
                break;
            }
            SLAB.bytes().putInt(at, frame.length);
            SLAB.bytes().put(at + StreamFormat.PREFIX, frame);
            numbers.put(at, numbers.size());
            at = end;
        }
        int begin = 0;
        for (int i = 0; i < numbers.size(); i++) {
            int end = begin + StreamFormat.size(SLAB.bytes(), begin);
            if (!COALESCER.add(SLAB.bytes(), begin, end, this::send)) {
                left.add(i);
            }
            begin = end;
        }
        COALESCER.flush(this::send);
        compare();
    }

    /** One frame, the last one with another byte, or a whole super-frame's segments. */
    private void add(Input input) {
        int kind = input.u8();
        if ((kind & 0xc0) == 0xc0 && !frames.isEmpty()) {
            byte[] other = frames.get(input.below(frames.size())).clone();
            other[input.u8() % other.length] ^= (byte) input.u8();
            addWhole(other, kind);
            return;
        }
        byte[] frame = input.frame(StreamFormat.MAX_FRAME);
        if ((kind & 0x80) == 0) {
            addWhole(frame, kind);
        } else if (frame.length >= StreamFormat.MIN_HEADER) {
            int size = Math.max(1 + input.u16() % 2000, frame.length / Pieces.MOST);
            Repair.repair(frame);
            SCRATCH.clear();
            SCRATCH.bytes().putInt(0, SuperFrame.prefix(frame.length, size));
            SCRATCH.bytes().put(StreamFormat.PREFIX, frame);
            if (SEGMENTER.cut(SCRATCH, 0)) {
                List<byte[]> cut = Pieces.list(SCRATCH, SEGMENTER.start(), SEGMENTER.end());
                frames.addAll(cut.subList(0, Math.min(cut.size(), MOST)));
            }
        }
    }

    private void addWhole(byte[] frame, int kind) {
        byte[] padded = Arrays.copyOf(frame, Math.max(StreamFormat.MIN_FRAME, frame.length));
        if ((kind & 1) != 0) {
            Repair.repair(padded);
        }
        frames.add(padded);
    }

    private void send(HeldFlow flow) {
        List<Integer> together = new ArrayList<>();
        for (int i = 0; i < flow.count(); i++) {
            together.add(numbers.get(flow.start(i)));
            Check.same(
                    StreamFormat.size(SLAB.bytes(), flow.start(i)),
                    flow.end(i) - flow.start(i),
                    "a held frame's size");
        }
        left.addAll(together);
        if (together.size() > 1) {
            takeApart(flow, together);
        }
    }

    private void takeApart(HeldFlow flow, List<Integer> together) {
        PIECES.clear();
        flow.list(SLAB.bytes(), SLAB.address(), PIECES);
        int total = (int) PIECES.total();
        Check.same((long) total, PIECES.writeTo(PAIR.client().fd()), "bytes written");
        Check.same(
                (long) total,
                LibC.read(PAIR.server().fd(), IN.address(), IN.size()),
                "bytes that came");
        byte[] whole = new byte[total - VirtioHeader.SIZE];
        IN.bytes().get(VirtioHeader.SIZE, whole);
        Check.that(whole.length <= 14 + 4 * 4 + 65_535, "a super-frame of " + whole.length);
        SCRATCH.clear();
        SCRATCH.bytes().put(StreamFormat.PREFIX, whole);
        // As who reads it from the kernel does: by its header alone.
        VirtioHeader header = new VirtioHeader();
        header.read(IN.bytes(), 0);
        int prefix = header.settle(SCRATCH.bytes(), StreamFormat.PREFIX, whole.length);
        Check.that(SuperFrame.isSuper(prefix), "a super-frame that nobody can read");
        Check.that(!header.isForNobodyWhole(), "a super-frame for nobody");
        SCRATCH.bytes().putInt(0, prefix);
        Check.that(SEGMENTER.cut(SCRATCH, 0), "a super-frame that can't be cut");
        List<byte[]> pieces = Pieces.list(SCRATCH, SEGMENTER.start(), SEGMENTER.end());
        Check.same(together.size(), pieces.size(), "pieces");
        for (int i = 0; i < pieces.size(); i++) {
            byte[] was = frames.get(together.get(i));
            byte[] is = Arrays.copyOf(pieces.get(i), was.length);
            // 0 and 0xffff are the same number, and one says it in another way.
            Check.same(comparable(was), comparable(is), "piece " + i);
        }
    }

    /** Without an identification that says nothing (RFC 6864, 4.1), and what is summed over it. */
    private static byte[] comparable(byte[] frame) {
        byte[] copy = frame.clone();
        ByteBuffer bytes = ByteBuffer.wrap(copy);
        Headers headers = new Headers();
        Check.that(headers.parse(bytes, 0, copy.length), "a piece without headers");
        int network = headers.network();
        if (!headers.isIpv6() && (bytes.getShort(network + Headers.FRAGMENT) & 0x4000) != 0) {
            bytes.putShort(network + Headers.IDENTIFICATION, (short) 0);
            bytes.putShort(network + Headers.IPV4_CHECKSUM, (short) 0);
        }
        int at = headers.checksumAt();
        bytes.putShort(at, bytes.getShort(at) == -1 ? 0 : bytes.getShort(at));
        int sum = network + Headers.IPV4_CHECKSUM;
        if (!headers.isIpv6()) {
            bytes.putShort(sum, bytes.getShort(sum) == -1 ? 0 : bytes.getShort(sum));
        }
        return copy;
    }

    /** All leave, once; and what is of the same flow in the order in which it came. */
    private void compare() {
        Check.same(numbers.size(), left.size(), "frames that left");
        Map<Long, Integer> last = new HashMap<>();
        boolean[] seen = new boolean[numbers.size()];
        for (int number : left) {
            Check.that(!seen[number], "frame " + number + " left twice");
            seen[number] = true;
            Headers headers = new Headers();
            ByteBuffer bytes = ByteBuffer.wrap(frames.get(number));
            if (headers.parse(bytes, 0, bytes.capacity()) && headers.isTcp()) {
                Integer before = last.put(headers.flowKey(bytes), number);
                Check.that(before == null || before < number, number + " left behind " + before);
            }
        }
    }
}
