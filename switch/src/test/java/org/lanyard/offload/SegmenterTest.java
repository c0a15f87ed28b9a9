package org.lanyard.offload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.offload.Packets.Shape;

/** What is cut is what the kernel makes of the same super-frame, byte by byte. */
class SegmenterTest {
    private static final int ROUNDS = 1500;

    private final Slab slab = new Slab();
    private final Segmenter segmenter = new Segmenter();

    @AfterEach
    void close() {
        slab.close();
    }

    private boolean cut(byte[] frame, int size) {
        slab.clear();
        slab.bytes().putInt(0, SuperFrame.prefix(frame.length, size));
        slab.bytes().put(StreamFormat.PREFIX, frame);
        return segmenter.cut(slab, 0);
    }

    private List<byte[]> pieces() {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = segmenter.start(); at < segmenter.end(); ) {
            byte[] piece = new byte[slab.bytes().getInt(at)];
            slab.bytes().get(at + StreamFormat.PREFIX, piece);
            pieces.add(piece);
            at += StreamFormat.size(slab.bytes(), at);
        }
        assertEquals(segmenter.count(), pieces.size());
        return pieces;
    }

    private static String text(byte[] frame) {
        return HexFormat.of().formatHex(frame);
    }

    @Test
    void shouldCutAsTheKernelDoes() throws Exception {
        Packets packets = new Packets(1);
        Random random = packets.random;
        try (KernelSwitch kernel = new KernelSwitch()) {
            kernel.awaitLink();
            for (int round = 0; round < ROUNDS; round++) {
                int size = 200 + random.nextInt(1400);
                // The kernel takes no more than 64 datagrams as one (UDP_MAX_SEGMENTS).
                int most = Math.min(60_000, 60 * size);
                Shape shape = packets.shape(size + 1 + random.nextInt(most - size));
                byte[] frame = packets.frame(shape, random.nextInt(256) & ~0x06); // no SYN, no RST
                assertTrue(cut(frame, size), shape::toString);
                List<byte[]> expected = pieces();

                ByteBuffer sent = kernel.scratch();
                sent.put(VirtioHeader.SIZE, frame);
                assertTrue(
                        new VirtioHeader()
                                .writeSuper(sent, 0, sent, VirtioHeader.SIZE, frame.length, size));
                kernel.send(VirtioHeader.SIZE + frame.length);
                List<byte[]> seen = kernel.receive(expected.size());
                String which = "round " + round + ": " + shape + ", size " + size;
                assertEquals(expected.size(), seen.size(), which);
                for (int i = 0; i < seen.size(); i++) {
                    String piece = which + ", piece " + i + " of " + seen.size();
                    // A tag may be put in by the kernel, and zeros at the end by us.
                    byte[] ours = Arrays.copyOf(expected.get(i), seen.get(i).length);
                    assertEquals(text(seen.get(i)), text(ours), piece);
                }
            }
        }
    }

    @Test
    void shouldLeaveOnePieceWhereAllFits() {
        Packets packets = new Packets(2);
        byte[] frame = packets.frame(new Shape(false, true, 0, 0, 0, 500), 0x18);
        assertTrue(cut(frame, 500));
        assertEquals(text(frame), text(pieces().get(0)));
        assertEquals(1, segmenter.count());
        assertTrue(cut(frame, 499));
        assertEquals(2, segmenter.count());
        assertEquals(60, pieces().get(1).length, "the last is padded");
    }

    @Test
    void shouldRefuseWhatItCanNotCut() {
        byte[] frame = new Packets(3).frame(new Shape(false, true, 0, 0, 0, 5000), 0x10);
        byte[] arp = frame.clone();
        arp[12] = 8;
        arp[13] = 6;
        assertFalse(cut(arp, 1000), "no IP");
        byte[] fragment = frame.clone();
        fragment[20] |= 0x20;
        assertFalse(cut(fragment, 1000), "a fragment");
        byte[] icmp = frame.clone();
        icmp[23] = 1;
        assertFalse(cut(icmp, 1000), "neither TCP nor UDP");
    }

    @Test
    void shouldNotWriteBeyondTheSlab() {
        byte[] frame = new Packets(4).frame(new Shape(false, true, 0, 10, 0, 60_000), 0x10);
        int refused = 0;
        int begun = 0;
        slab.clear();
        slab.bytes().putInt(0, SuperFrame.prefix(frame.length, 1));
        slab.bytes().put(StreamFormat.PREFIX, frame);
        while (begun++ < 100 && refused == 0) {
            refused += segmenter.cut(slab, 0) ? 0 : 1;
        }
        assertEquals(1, refused, "pieces of one byte fill it soon");
    }

    /** Hostile bytes: anything may stand anywhere, and nothing is thrown. */
    @Test
    void shouldSurviveAnyBytes() {
        Packets packets = new Packets(5);
        for (int round = 0; round < 200_000; round++) {
            Shape shape = packets.shape(packets.random.nextInt(300));
            byte[] frame = packets.frame(shape, 0x10);
            int changes = 1 + packets.random.nextInt(4);
            for (int i = 0; i < changes; i++) {
                int at = packets.random.nextInt(Math.min(frame.length, 80));
                frame[at] = (byte) packets.random.nextInt();
            }
            int length = Math.max(14, packets.random.nextInt(frame.length + 1));
            if (cut(Arrays.copyOf(frame, length), 1 + packets.random.nextInt(200))) {
                pieces();
            }
        }
    }
}
