package org.lanyard.offload;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.offload.Packets.Shape;

/** A vnet header is believed only where the frame's own headers say the same. */
class VirtioHeaderTest {
    private static final int PREFIX = StreamFormat.PREFIX;
    private static final int NEEDS_CHECKSUM = 1;
    private static final int TCP4 = 1;
    private static final int TCP6 = 4;
    private static final int UDP = 5;
    private static final int ECN = 0x80;
    private static final int ACK = 0x10;
    private static final int CWR = 0x80;
    private static final int SIZE = 1000;

    /** Of a VXLAN packet: Ethernet, IPv4, UDP, VXLAN; and of the frame within. */
    private static final int OUTER = 14 + 20 + 8 + 8;

    private static final int INNER_TCP = OUTER + 14 + 20;
    private static final int VNI = OUTER - 4;

    private final Slab slab = new Slab();
    private final VirtioHeader header = new VirtioHeader();
    private final IntakeCutter cutter = new IntakeCutter();

    @AfterEach
    void close() {
        cutter.close();
        slab.close();
    }

    /** What {@link VirtioHeader#settle} makes of it. */
    private int settle(byte[] frame, int flags, int type, int size, int start, int offset) {
        ByteBuffer struct = ByteBuffer.allocate(10).order(ByteOrder.nativeOrder());
        struct.put((byte) flags).put((byte) type).putShort((short) 0).putShort((short) size);
        struct.putShort((short) start).putShort((short) offset);
        header.read(struct.order(ByteOrder.BIG_ENDIAN), 0);
        slab.clear();
        slab.bytes().put(PREFIX, frame);
        return header.settle(slab.bytes(), PREFIX, frame.length);
    }

    /** What becomes of a super-frame that nobody may have whole. */
    private List<byte[]> cut(int prefix) {
        assertTrue(SuperFrame.isSuper(prefix), "it is what it says");
        assertTrue(header.isForNobodyWhole());
        int end = cutter.cut(header, slab, 0, prefix);
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < end; at += StreamFormat.size(slab.bytes(), at)) {
            byte[] piece = new byte[slab.bytes().getInt(at)];
            slab.bytes().get(at + PREFIX, piece);
            pieces.add(piece);
        }
        return pieces;
    }

    /** A guest's frame in VNI 42, as a kernel sends it. */
    static byte[] vxlan(byte[] inner) {
        byte[] frame = new byte[OUTER + inner.length];
        System.arraycopy(inner, 0, frame, OUTER, inner.length);
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        bytes.putLong(0, 0x5254_0000_0001_0254L).putInt(8, 2).putShort(12, (short) 0x0800);
        bytes.putInt(14, 0x4500_0000 | frame.length - 14).putInt(18, 0).putInt(22, 0x4011_0000);
        bytes.putInt(26, 0x0a4d0001).putInt(30, 0x0a4d0002);
        bytes.putShort(24, Checksum.of(Checksum.sum(bytes, 14, 20)));
        bytes.putInt(34, 50_000 << 16 | 4789).putInt(38, frame.length - 34 << 16);
        bytes.putInt(42, 0x0800_0000).putInt(46, 42 << 8);
        return frame;
    }

    private static byte[] tcp(int payload, int flags) {
        return new Packets(1).frame(new Shape(false, true, 0, 0, 0, payload), flags);
    }

    /** Where a wrong cut would make frames begin, the payload is one in VNI 43. */
    private static byte[] hostile() {
        byte[] inner = tcp(5000, ACK);
        ByteBuffer bytes = ByteBuffer.wrap(inner);
        for (int at = 54; at + 8 <= inner.length; at += 8) {
            bytes.putInt(at, 0x0800_0000).putInt(at + 4, 43 << 8);
        }
        return vxlan(inner);
    }

    @Test
    void shouldKeepWhatASenderWritesInItsOwnTunnel() {
        int prefix = settle(hostile(), NEEDS_CHECKSUM, TCP4, SIZE, INNER_TCP, 16);
        List<byte[]> pieces = cut(prefix);
        assertEquals(5, pieces.size());
        for (byte[] piece : pieces) {
            assertEquals(42 << 8, ByteBuffer.wrap(piece).getInt(VNI));
            assertEquals(INNER_TCP + 20 + SIZE, piece.length);
            byte[] inner = Arrays.copyOfRange(piece, OUTER, piece.length);
            byte[] right = inner.clone();
            Packets.complete(right);
            assertArrayEquals(right, inner);
        }
    }

    /** GRE with a checksum and a key in VXLAN with a checksum. */
    @Test
    void shouldMakeAllHeadersRightWhereTunnelsAreInTunnels() {
        byte[] tcp = tcp(5000, ACK);
        byte[] gre = Arrays.copyOf(tcp, tcp.length + 32);
        System.arraycopy(tcp, 14, gre, 46, tcp.length - 14);
        ByteBuffer bytes = ByteBuffer.wrap(gre);
        bytes.put(14, tcp, 14, 20).putShort(16, (short) (gre.length - 14)).put(23, (byte) 47);
        bytes.putInt(34, 0xa000_0800).putInt(38, 0x1234_0000).putInt(42, 7);
        byte[] whole = vxlan(gre);
        whole[40] = 1; // the sum of a pseudo-header, or anything but 0
        int start = OUTER + 66;
        List<byte[]> pieces = cut(settle(whole, NEEDS_CHECKSUM, TCP4, SIZE, start, 16));
        assertEquals(5, pieces.size());
        for (byte[] piece : pieces) {
            ByteBuffer frame = ByteBuffer.wrap(piece);
            for (int ip : new int[] {14, OUTER + 14, OUTER + 46}) {
                assertEquals(piece.length - ip, frame.getShort(ip + 2));
                assertEquals(0xffff, Checksum.fold(Checksum.sum(frame, ip, 20)));
            }
            assertEquals(piece.length - 34, frame.getShort(38));
            long pseudo = Checksum.sum(frame, 26, 8) + 17 + piece.length - 34;
            assertIntact(frame, 34, pseudo);
            assertIntact(frame, OUTER + 34, 0);
            assertIntact(frame, start, Checksum.sum(frame, start - 8, 8) + 6 + SIZE + 20);
            assertEquals(7, frame.getInt(OUTER + 42));
        }
    }

    private static void assertIntact(ByteBuffer frame, int from, long pseudo) {
        long sum = Checksum.sum(frame, from, frame.capacity() - from);
        assertEquals(0xffff, Checksum.fold(pseudo + sum), "from " + from);
    }

    /** Each would be cut somewhere else than where the kernel would. */
    @ParameterizedTest
    @CsvSource({
        "1, 5, 34, 6, a datagram that is a tunnel's is not what is cut",
        "1, 1, 34, 16, no TCP where it says",
        "1, 1, 34, 6, no TCP where it says",
        "0, 1, 0, 0, no TCP outside the tunnel",
        "0, 5, 0, 0, it may be the inner one that is meant",
        "1, 4, 84, 16, it is IPv4",
        "1, 5, 84, 6, it is TCP",
        "1, 1, 84, 6, a checksum of UDP's",
        "1, 1, 64, 16, an IP header",
        "1, 1, 85, 16, beside the header",
        "1, 1, 50, 16, an Ethernet header",
        "1, 1, 65000, 16, behind the end",
        "1, 1, 0, 16, before all headers",
        "1, 3, 34, 6, UFO is not asked for"
    })
    void shouldNotCutWhatTheHeadersDoNotLeadTo(
            int flags, int type, int start, int offset, String why) {
        byte[] frame = hostile();
        if (type == UDP && flags == NEEDS_CHECKSUM && start == 34) {
            // A host's own program may send datagrams so, for whatever tunnel it has itself.
            assertFalse(isTunnel(settle(frame, flags, type, SIZE, start, offset)), why);
            return;
        }
        if (type == UDP && flags == 0) {
            Packets packets = new Packets(2);
            frame = vxlan(packets.frame(new Shape(false, false, 0, 0, 0, 5000), 0));
        }
        assertEquals(0, settle(frame, flags, type, SIZE, start, offset), why);
    }

    private boolean isTunnel(int prefix) {
        assertNotEquals(0, prefix);
        return header.isForNobodyWhole();
    }

    @Test
    void shouldTakeDatagramsThatTheKernelMergedWithoutAskingForAChecksum() {
        byte[] first = vxlan(tcp(1000, ACK));
        byte[] two = Arrays.copyOf(first, first.length + first.length - 42);
        System.arraycopy(first, 42, two, first.length, first.length - 42);
        ByteBuffer.wrap(two).putShort(16, (short) (two.length - 14));
        int prefix = settle(two, 0, UDP, first.length - 42, 0, 0);
        assertTrue(SuperFrame.isSuper(prefix));
        assertFalse(header.isForNobodyWhole());
    }

    /** Anything may stand anywhere: nothing is thrown, and no piece leaves in another tunnel. */
    @Test
    void shouldSurviveAnyBytes() {
        Random random = new Random(3);
        int cuts = 0;
        for (int round = 0; round < 300_000; round++) {
            byte[] frame = hostile();
            for (int i = random.nextInt(3); i > 0; i--) {
                frame[OUTER + random.nextInt(60)] = (byte) random.nextInt();
            }
            int start = random.nextInt(4) == 0 ? random.nextInt(200) : INNER_TCP;
            int offset = random.nextBoolean() ? 16 : 6;
            int size = 1 + random.nextInt(3000);
            int type = List.of(TCP4, TCP6, UDP).get(random.nextInt(3)) | random.nextInt(2) * ECN;
            int prefix = settle(frame, NEEDS_CHECKSUM, type, size, start, offset);
            if (SuperFrame.isSuper(prefix) && header.isForNobodyWhole()) {
                int end = cutter.cut(header, slab, 0, prefix);
                for (int at = 0; at < end; at += StreamFormat.size(slab.bytes(), at)) {
                    assertEquals(42 << 8, slab.bytes().getInt(at + PREFIX + VNI));
                }
                cuts++;
            }
        }
        assertTrue(cuts > 10_000, cuts + " were cut");
    }

    @Test
    void shouldCountAsLostWhatHasTooManyPieces() {
        int prefix = settle(vxlan(tcp(60_000, ACK)), NEEDS_CHECKSUM, TCP4, 1, INNER_TCP, 16);
        assertEquals(IntakeCutter.NO_ROOM, cutter.cut(header, slab, 0, prefix));
        assertTrue(slab.hasScratch(3 * Slab.READ_SIZE), "nothing was taken");
    }

    /** Behind others in the slab there is still room for a whole one's pieces. */
    @Test
    void shouldCutWhatIsReadLast() {
        byte[] frame = vxlan(tcp(65_000, ACK));
        int prefix = settle(frame, NEEDS_CHECKSUM, TCP4, 1400, INNER_TCP, 16);
        int at = Slab.READ_SIZE - StreamFormat.MAX_FRAME - PREFIX;
        slab.bytes().put(at + PREFIX, frame);
        int end = cutter.cut(header, slab, at, prefix);
        assertTrue(end > Slab.READ_SIZE, "it reaches into the scratch");
        assertTrue(slab.claimScratch(1) >= end, "which nobody else has then");
    }

    /** RFC 3168, 6.1.2: once is enough. The kernel says that it is that, so it can go whole. */
    @Test
    void shouldAnswerCongestionOnce() {
        byte[] frame = tcp(3000, ACK | CWR);
        int prefix = settle(frame, NEEDS_CHECKSUM, TCP4 | ECN, SIZE, 34, 16);
        assertTrue(SuperFrame.isSuper(prefix));
        assertFalse(header.isForNobodyWhole());
        slab.bytes().putInt(0, prefix);
        ByteBuffer written = ByteBuffer.allocate(10);
        assertTrue(header.writeSuper(written, 0, slab.bytes(), PREFIX, frame.length, SIZE));
        assertEquals((byte) (TCP4 | ECN), written.get(1), "and the next kernel is told so");
    }

    /** RFC 9768: it is a part of a number. */
    @Test
    void shouldKeepTheCounterOfAccurateEcnInEachPiece() {
        byte[] frame = tcp(3000, ACK | CWR);
        List<byte[]> pieces = cut(settle(frame, NEEDS_CHECKSUM, TCP4, SIZE, 34, 16));
        assertEquals(3, pieces.size());
        for (byte[] piece : pieces) {
            assertEquals((byte) (ACK | CWR), piece[34 + 13]);
            byte[] right = piece.clone();
            Packets.complete(right);
            assertArrayEquals(right, piece);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 48, true", "2, 16, true", "4, 16, true", "3, 16, false", "4, 200, false"})
    void shouldKnowTheLastDestinationOfARoute(int type, int size, boolean isKnown) {
        byte[] plain = new Packets(4).frame(new Shape(true, true, 0, 0, 0, 3000), ACK);
        ByteBuffer last = ByteBuffer.allocate(16).putLong(0xfd00_0000_0000_0009L).putLong(9);
        byte[] frame = new byte[plain.length + 8 + (size > 100 ? 16 : size)];
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        bytes.put(plain, 0, 54).put((byte) 6).put((byte) (size / 8)).put((byte) type);
        bytes.put((byte) 1).putInt(0);
        int lastAt = type == 0 ? 54 + 8 + size - 16 : 54 + 8;
        bytes.put(lastAt, last.array());
        bytes.put(frame.length - plain.length + 54, plain, 54, plain.length - 54);
        bytes.put(20, (byte) 43).putShort(18, (short) (frame.length - 54));
        int tcp = 54 + frame.length - plain.length;
        int prefix = settle(frame, NEEDS_CHECKSUM, TCP6, SIZE, tcp, 16);
        if (!isKnown) {
            assertEquals(0, prefix);
            return;
        }
        slab.bytes().putInt(0, prefix);
        Segmenter segmenter = new Segmenter();
        assertTrue(segmenter.cut(slab, 0));
        for (int at = segmenter.start(); at < segmenter.end(); ) {
            int offset = at + PREFIX;
            int length = slab.bytes().getInt(at) - tcp;
            long sum = Checksum.sum(slab.bytes(), offset + 22, 16);
            sum += Checksum.sum(last, 0, 16) + 6 + length;
            sum += Checksum.sum(slab.bytes(), offset + tcp, length);
            assertEquals(0xffff, Checksum.fold(sum));
            at += StreamFormat.size(slab.bytes(), at);
        }
    }

    /**
     * In UDP 0 is no checksum (RFC 768); in TCP 0xffff is none that a sum can come to (RFC 1624).
     */
    @ParameterizedTest
    @CsvSource({"true, 16, 0", "false, 6, 0xffff"})
    void shouldWriteAChecksumOfZeroAsTheProtocolHasIt(boolean isTcp, int offset, int written) {
        byte[] frame = new Packets(3).frame(new Shape(false, isTcp, 0, 0, 0, 400), ACK);
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int at = 34 + offset;
        int last = frame.length - 2;
        long more = (bytes.getShort(last) & 0xffff) + (bytes.getShort(at) & 0xffff);
        bytes.putShort(last, (short) Checksum.fold(more));
        Headers headers = new Headers();
        assertTrue(headers.parse(bytes, 0, frame.length));
        long pseudo = headers.pseudoSum(bytes) + frame.length - 34;
        bytes.putShort(at, (short) Checksum.fold(pseudo));
        assertEquals(frame.length, settle(frame, NEEDS_CHECKSUM, 0, 0, 34, offset));
        assertEquals(written, slab.bytes().getShort(PREFIX + at) & 0xffff);
    }

    /** Its checksum is none of the Internet's (RFC 9260, appendix A). */
    @Test
    void shouldCompleteTheChecksumOfSctp() {
        byte[] frame = new Packets(5).frame(new Shape(false, false, 1, 0, 0, 401), 0);
        frame[18 + 9] = (byte) 132;
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        bytes.putInt(38 + 8, 0);
        CRC32C crc = new CRC32C();
        crc.update(frame, 38, frame.length - 38);
        assertEquals(frame.length, settle(frame, NEEDS_CHECKSUM, 0, 0, 38, 8));
        bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(38 + 8, (int) crc.getValue());
        byte[] settled = new byte[frame.length];
        slab.bytes().get(PREFIX, settled);
        assertArrayEquals(frame, settled);
        assertEquals(slab.bytes().capacity(), slab.bytes().remaining());
    }
}
