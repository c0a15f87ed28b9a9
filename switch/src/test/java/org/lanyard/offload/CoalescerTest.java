package org.lanyard.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    private static final Shape DATA = new Shape(false, true, 0, 3, 0, 4000);

    private final Slab slab = new Slab();
    private final Coalescer coalescer = new Coalescer();
    private final IoVec pieces = new IoVec(Coalescer.MOST_FRAMES + 1);
    private int end;

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

    private void begin() {
        coalescer.clear();
        end = 0;
    }

    private boolean add(byte[] frame) {
        slab.bytes().putInt(end, frame.length);
        int offset = end + StreamFormat.PREFIX;
        slab.bytes().put(offset, frame);
        end = offset + frame.length;
        return coalescer.add(slab.bytes(), offset, frame.length);
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
                begin();
                for (byte[] segment : segments) {
                    assertTrue(add(segment), shape::toString);
                }
                assertEquals(segments.size(), coalescer.count());
                pieces.clear();
                coalescer.list(slab.bytes(), slab.address(), pieces);
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
        begin();
        assertTrue(add(segments.get(0)) && add(segments.get(1)) && add(segments.get(2)));
        byte[] next = new Packets(12).frame(DATA, ACK);
        assertFalse(add(next), "1000 bytes, and then no more");
    }

    @Test
    void shouldEndWithAPush() {
        List<byte[]> segments = segments(new Packets(13).frame(DATA, ACK), 1000);
        byte[] pushed = segments.get(1).clone();
        pushed[14 + 20 + 13] |= PSH;
        Packets.complete(pushed);
        begin();
        assertTrue(add(segments.get(0)) && add(pushed));
        assertFalse(add(segments.get(2)));
    }

    @Test
    void shouldMergeOnlyWhatIsWhole() {
        List<byte[]> segments = segments(new Packets(14).frame(DATA, ACK), 1000);
        for (int at = 14; at < segments.get(1).length; at += 7) {
            byte[] damaged = segments.get(1).clone();
            damaged[at] ^= 0x40;
            begin();
            assertTrue(add(segments.get(0)));
            assertFalse(add(damaged), "byte " + at);
            assertEquals(1, coalescer.count());
        }
    }

    @Test
    void shouldMergeOnlyWhatFollows() {
        List<byte[]> segments = segments(new Packets(15).frame(DATA, ACK), 1000);
        begin();
        assertTrue(add(segments.get(0)));
        assertFalse(add(segments.get(2)), "one is missing");
        assertFalse(add(segments.get(0)), "the same again");
        assertTrue(add(segments.get(1)));
    }

    /** Each in turn is another connection's, or needs to be told by itself. */
    @Test
    void shouldMergeOnlyWhatIsOfTheSameFlow() {
        List<byte[]> segments = segments(new Packets(16).frame(DATA, ACK), 1000);
        int ip = 14;
        int tcp = 34;
        int[] places = {
            0, 6, ip + 1, ip + 8, ip + 12, ip + 16, tcp, tcp + 2, tcp + 8, tcp + 14, tcp + 24
        };
        for (int place : places) {
            byte[] other = segments.get(1).clone();
            other[place] ^= 0x02;
            ByteBuffer frame = ByteBuffer.wrap(other);
            frame.putShort(ip + 10, (short) 0);
            frame.putShort(ip + 10, Checksum.of(Checksum.sum(frame, ip, 20)));
            Packets.complete(other);
            begin();
            assertTrue(add(segments.get(0)));
            assertFalse(add(other), "byte " + place);
        }
        for (int flag : new int[] {0x01, 0x02, 0x04, 0x20, 0x40, 0x80}) {
            byte[] other = segments.get(1).clone();
            other[tcp + 13] |= (byte) flag;
            Packets.complete(other);
            begin();
            assertTrue(add(segments.get(0)));
            assertFalse(add(other), "flag " + flag);
            begin();
            assertFalse(add(other), "nor does it begin one");
        }
    }

    @Test
    void shouldLeaveAcknowledgementsAndOthersAlone() {
        Packets packets = new Packets(17);
        begin();
        assertFalse(add(packets.frame(new Shape(false, true, 0, 3, 0, 0), ACK)));
        assertFalse(add(packets.frame(new Shape(true, false, 0, 0, 0, 500), 0)));
        assertFalse(add(new byte[60]));
    }

    @Test
    void shouldSurviveAnyBytes() {
        Packets packets = new Packets(18);
        for (int round = 0; round < 200_000; round++) {
            if (round % 20 == 0) {
                begin();
            }
            byte[] frame = packets.frame(packets.shape(packets.random.nextInt(200)), ACK);
            for (int i = packets.random.nextInt(3); i > 0; i--) {
                frame[packets.random.nextInt(Math.min(frame.length, 80))] ^=
                        (byte) (1 << packets.random.nextInt(8));
            }
            add(Arrays.copyOf(frame, Math.max(60, frame.length)));
        }
    }
}
