package org.lanyard.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.offload.Packets.Shape;
import org.lanyard.tapio.IoVec;

/** What is put together, the kernel takes apart into what it was. */
class CoalescerTest {
    private static final int ACK = 0x10;
    private static final int PSH = 0x08;

    // Where these headers stand in an untagged frame over IPv4.
    private static final int IP = 14;
    private static final int TCP = 34;

    private static final Shape DATA = new Shape(false, true, 0, 3, 0, 4000);

    private final Slab slab = new Slab();
    private final Coalescer coalescer = new Coalescer();
    private final IoVec pieces = new IoVec(Coalescer.MOST_FRAMES + 1);

    @AfterEach
    void close() {
        slab.close();
        coalescer.close();
        pieces.close();
    }

    /** Segments of one flow as a guest sends them. */
    private static List<byte[]> segments(byte[] whole, int size) {
        try (Slab own = new Slab()) {
            own.bytes().putInt(0, SuperFrame.prefix(whole.length, size));
            own.bytes().put(StreamFormat.PREFIX, whole);
            Segmenter segmenter = new Segmenter();
            assertTrue(segmenter.cut(own, 0));
            List<byte[]> segments = new ArrayList<>();
            for (int at = segmenter.start(); at < segmenter.end(); ) {
                byte[] segment = new byte[own.bytes().getInt(at)];
                own.bytes().get(at + StreamFormat.PREFIX, segment);
                segments.add(segment);
                at += StreamFormat.size(own.bytes(), at);
            }
            return segments;
        }
    }

    /** Passes them in one burst; each list is what left together, by numbers, in that order. */
    private List<List<Integer>> pass(List<byte[]> frames) {
        return pass(frames, flow -> {});
    }

    private List<List<Integer>> pass(List<byte[]> frames, Coalescer.Sink alsoTo) {
        List<List<Integer>> left = new ArrayList<>();
        Map<Integer, Integer> numbers = new HashMap<>();
        Coalescer.Sink sink =
                flow -> {
                    List<Integer> together = new ArrayList<>();
                    for (int i = 0; i < flow.count(); i++) {
                        together.add(numbers.get(flow.start(i)));
                        assertEquals(
                                StreamFormat.size(slab.bytes(), flow.start(i)),
                                flow.end(i) - flow.start(i));
                    }
                    left.add(together);
                    alsoTo.send(flow);
                };
        int at = 0;
        for (byte[] frame : frames) {
            slab.bytes().putInt(at, frame.length);
            slab.bytes().put(at + StreamFormat.PREFIX, frame);
            int end = at + StreamFormat.PREFIX + frame.length;
            numbers.put(at, numbers.size());
            if (!coalescer.add(slab.bytes(), at, end, sink)) {
                left.add(List.of(numbers.get(at)));
            }
            at = end;
        }
        coalescer.flush(sink);
        return left;
    }

    private List<List<Integer>> pass(byte[]... frames) {
        return pass(List.of(frames));
    }

    private static List<byte[]> flow(int seed) {
        return segments(new Packets(seed).frame(DATA, ACK), 1000);
    }

    @Test
    void shouldPutTogetherWhatTheKernelTakesApartAgain() throws Exception {
        Packets packets = new Packets(11);
        try (KernelSwitch kernel = new KernelSwitch()) {
            kernel.awaitLink();
            for (int round = 0; round < 1000; round++) {
                int size = 200 + packets.random.nextInt(1249);
                int count = 2 + packets.random.nextInt(40);
                int payload = size * (count - 1) + 1 + packets.random.nextInt(size);
                Shape any = packets.shape(Math.min(payload, 60_000));
                Shape shape =
                        new Shape(
                                any.ipv6(),
                                true,
                                0,
                                any.options(),
                                any.extensions(),
                                any.payload());
                byte[] whole = packets.frame(shape, packets.random.nextBoolean() ? ACK : ACK | PSH);
                List<byte[]> segments = segments(whole, size);
                if (segments.get(segments.size() - 1).length == StreamFormat.MIN_FRAME) {
                    continue; // padded, perhaps
                }
                List<List<Integer>> left =
                        pass(
                                segments,
                                flow -> {
                                    pieces.clear();
                                    flow.list(slab.bytes(), slab.address(), pieces);
                                });
                assertEquals(1, left.size(), shape::toString);
                assertEquals(segments.size(), left.get(0).size());
                assertEquals(whole.length + VirtioHeader.SIZE, pieces.total());
                assertEquals(pieces.total(), pieces.writeTo(kernel.fd()));
                List<byte[]> seen = kernel.receive(segments.size());
                assertEquals(segments.size(), seen.size(), shape::toString);
                for (int i = 0; i < seen.size(); i++) {
                    assertArrayEquals(segments.get(i), seen.get(i), shape + ", piece " + i);
                }
            }
        }
    }

    @Test
    void shouldEndWithAShorterSegment() {
        List<byte[]> segments = segments(new Packets(12).frame(DATA, ACK), 1500);
        byte[] next = segments.get(2).clone();
        int sequence = ByteBuffer.wrap(next).getInt(TCP + Headers.SEQUENCE);
        ByteBuffer.wrap(next).putInt(TCP + Headers.SEQUENCE, sequence + 1000);
        Packets.complete(next);
        segments.add(next);
        assertEquals(List.of(List.of(0, 1, 2), List.of(3)), pass(segments));
    }

    @Test
    void shouldEndWithAPush() {
        List<byte[]> segments = flow(13);
        byte[] pushed = segments.get(1).clone();
        pushed[TCP + 13] |= PSH;
        Packets.complete(pushed);
        assertEquals(
                List.of(List.of(0, 1), List.of(2)), pass(segments.get(0), pushed, segments.get(2)));
    }

    @Test
    void shouldMergeOnlyWhatIsWhole() {
        List<byte[]> segments = flow(14);
        for (int at = 14; at < segments.get(1).length; at += 7) {
            byte[] damaged = segments.get(1).clone();
            damaged[at] ^= 0x40;
            for (List<Integer> together : pass(segments.get(0), damaged)) {
                assertEquals(1, together.size(), "byte " + at);
            }
        }
    }

    @Test
    void shouldMergeOnlyWhatFollows() {
        byte[][] segments = flow(15).toArray(byte[][]::new);
        assertEquals(List.of(List.of(0), List.of(1)), pass(segments[0], segments[2]));
        assertEquals(List.of(List.of(0), List.of(1)), pass(segments[0], segments[0]));
        assertEquals(List.of(List.of(0), List.of(1)), pass(segments[1], segments[0]));
        assertEquals(
                List.of(List.of(0), List.of(1, 2)), pass(segments[2], segments[0], segments[1]));
    }

    /** Each in turn is another connection's, or needs to be told by itself. */
    @Test
    void shouldMergeOnlyWhatIsOfTheSameFlow() {
        List<byte[]> segments = flow(16);
        int[] places = {
            0, 6, IP + 1, IP + 8, IP + 12, IP + 16, TCP, TCP + 2, TCP + 8, TCP + 14, TCP + 24
        };
        for (int place : places) {
            byte[] other = segments.get(1).clone();
            other[place] ^= 0x02;
            ByteBuffer frame = ByteBuffer.wrap(other);
            frame.putShort(IP + 10, (short) 0);
            frame.putShort(IP + 10, Checksum.of(Checksum.sum(frame, IP, 20)));
            Packets.complete(other);
            List<List<Integer>> left = pass(segments.get(0), other);
            assertEquals(List.of(List.of(0), List.of(1)), left, "byte " + place);
        }
        for (int flag : new int[] {0x01, 0x02, 0x04, 0x20, 0x40, 0x80}) {
            byte[] other = segments.get(1).clone();
            other[TCP + 13] |= (byte) flag;
            Packets.complete(other);
            List<List<Integer>> left = pass(segments.get(0), other, segments.get(1));
            assertEquals(List.of(List.of(0), List.of(1), List.of(2)), left, "flag " + flag);
        }
    }

    @Test
    void shouldPutInterleavedFlowsTogetherEachByItself() {
        byte[][] a = flow(21).toArray(byte[][]::new);
        byte[][] b = flow(22).toArray(byte[][]::new);
        assertEquals(
                List.of(List.of(0, 2, 4), List.of(1, 3, 5)),
                pass(a[0], b[0], a[1], b[1], a[2], b[2]));
    }

    @Test
    void shouldLetAFramePassThatIsAnotherFlowsAndNotMerged() {
        byte[][] a = flow(21).toArray(byte[][]::new);
        byte[] datagram = new Packets(5).frame(new Shape(true, false, 0, 0, 0, 500), 0);
        byte[] acknowledgement = new Packets(6).frame(new Shape(false, true, 0, 3, 0, 0), ACK);
        assertEquals(
                List.of(List.of(1), List.of(3), List.of(0, 2, 4)),
                pass(a[0], datagram, a[1], acknowledgement, a[2]));
    }

    @Test
    void shouldSendAFlowBeforeItsNextFrameThatIsNotMerged() {
        byte[][] a = flow(21).toArray(byte[][]::new);
        byte[][] b = flow(22).toArray(byte[][]::new);
        byte[] reset = a[1].clone();
        reset[TCP + 13] |= 0x04;
        Packets.complete(reset);
        assertEquals(List.of(List.of(0), List.of(2), List.of(1, 3)), pass(a[0], b[0], reset, b[1]));
    }

    @Test
    void shouldSendAllBeforeWhatIsOfNoFlow() {
        byte[][] a = flow(21).toArray(byte[][]::new);
        byte[][] b = flow(22).toArray(byte[][]::new);
        assertEquals(
                List.of(List.of(0), List.of(1), List.of(2), List.of(3)),
                pass(a[0], b[0], new byte[60], b[1]));
    }

    @Test
    void shouldSendTheLongestHeldFlowForOneTooMany() {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i <= Coalescer.FLOWS; i++) {
            frames.add(flow(30 + i).get(0));
        }
        frames.add(flow(31).get(1));
        frames.add(flow(30).get(1));
        List<List<Integer>> left = pass(frames);
        assertEquals(List.of(0), left.get(0));
        assertEquals(List.of(1, Coalescer.FLOWS + 1), left.get(1), "the next one to go");
        assertEquals(List.of(Coalescer.FLOWS + 2), left.get(left.size() - 1));
    }

    @Test
    void shouldLoseNothingAndKeepEachFlowInOrder() {
        Random random = new Random(23);
        for (int round = 0; round < 2000; round++) {
            List<Deque<byte[]>> flows = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(12); i++) {
                Shape shape = new Shape(random.nextBoolean(), true, 0, 3, 0, 4000);
                byte[] whole =
                        new Packets(100 + i).frame(shape, random.nextInt(4) == 0 ? PSH : ACK);
                flows.add(new ArrayDeque<>(segments(whole, 300 + 100 * i)));
            }
            List<byte[]> frames = new ArrayList<>();
            List<Integer> flowOf = new ArrayList<>();
            while (flows.stream().anyMatch(f -> !f.isEmpty())) {
                int which = random.nextInt(flows.size());
                byte[] frame = flows.get(which).poll();
                if (frame != null && random.nextInt(20) > 0) {
                    frames.add(frame);
                    flowOf.add(which);
                }
            }
            List<Integer> left = new ArrayList<>();
            pass(frames).forEach(left::addAll);
            assertEquals(frames.size(), left.stream().distinct().count());
            for (int i = 0; i < flows.size(); i++) {
                int which = i;
                List<Integer> own = left.stream().filter(n -> flowOf.get(n) == which).toList();
                assertEquals(own.stream().sorted().toList(), own, "round " + round);
            }
        }
    }

    @Test
    void shouldLeaveAcknowledgementsAndOthersAlone() {
        Packets packets = new Packets(17);
        List<List<Integer>> left =
                pass(
                        packets.frame(new Shape(false, true, 0, 3, 0, 0), ACK),
                        packets.frame(new Shape(true, false, 0, 0, 0, 500), 0),
                        new byte[60]);
        assertEquals(List.of(List.of(0), List.of(1), List.of(2)), left);
    }

    @Test
    void shouldSurviveAnyBytes() {
        Packets packets = new Packets(18);
        for (int round = 0; round < 10_000; round++) {
            List<byte[]> frames = new ArrayList<>();
            for (int j = 0; j < 20; j++) {
                byte[] frame = packets.frame(packets.shape(packets.random.nextInt(200)), ACK);
                for (int i = packets.random.nextInt(3); i > 0; i--) {
                    frame[packets.random.nextInt(Math.min(frame.length, 80))] ^=
                            (byte) (1 << packets.random.nextInt(8));
                }
                frames.add(Arrays.copyOf(frame, Math.max(60, frame.length)));
            }
            assertEquals(20, pass(frames).stream().mapToInt(List::size).sum());
        }
    }
}
