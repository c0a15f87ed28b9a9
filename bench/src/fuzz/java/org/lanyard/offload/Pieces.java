package org.lanyard.offload;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.fuzz.Check;

/** What the pieces of a super-frame have to be, whoever cut it. */
final class Pieces {
    /** More take a fuzzer's time, and tell nothing new. */
    static final int MOST = 500;

    private static final int CWR = 0x80;
    private static final int FIN_AND_PSH = 0x09;

    private Pieces() {}

    /** Plain frames in stream format. */
    static List<byte[]> list(Slab slab, int start, int end) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = start; at < end; ) {
            int prefix = slab.bytes().getInt(at);
            Check.that(!SuperFrame.isSuper(prefix), "a piece that is to be cut again");
            Check.that(
                    prefix >= StreamFormat.MIN_FRAME && at + StreamFormat.PREFIX + prefix <= end,
                    "a piece of " + prefix + " bytes");
            byte[] piece = new byte[prefix];
            slab.bytes().get(at + StreamFormat.PREFIX, piece);
            pieces.add(piece);
            at += StreamFormat.PREFIX + prefix;
        }
        return pieces;
    }

    /**
     * @param wanted where the header begins whose payload was cut, or -1 for the outermost
     * @param keepsCwr whether that flag stands in each piece
     */
    static void check(byte[] whole, int size, int wanted, boolean keepsCwr, List<byte[]> pieces) {
        Headers headers = new Headers();
        Check.that(parse(headers, whole, wanted), "cut, though nothing can be found in it");
        int headerSize = headers.payload();
        int payload = whole.length - headerSize;
        int count = Math.max(1, (payload + size - 1) / size);
        Check.same(count, pieces.size(), "pieces");
        for (int i = 0; i < count; i++) {
            byte[] piece = pieces.get(i);
            int part = Math.min(size, payload - i * size);
            int end = headerSize + part;
            String which = "piece " + i + " of " + count;
            Check.same(Math.max(StreamFormat.MIN_FRAME, end), piece.length, which + ", its length");
            int from = headerSize + i * size;
            Check.same(
                    Arrays.copyOfRange(whole, from, from + part),
                    Arrays.copyOfRange(piece, headerSize, end),
                    which + ", its payload");
            Check.same(
                    new byte[piece.length - end],
                    Arrays.copyOfRange(piece, end, piece.length),
                    which + ", its padding");
            Check.same(
                    bare(whole, headers, headerSize, keepsCwr || i == 0, i == count - 1),
                    bare(piece, headers, headerSize, keepsCwr || i == 0, i == count - 1),
                    which + ", its headers");
            checkFields(headers, whole, piece, end, i * size, i);
        }
    }

    private static boolean parse(Headers headers, byte[] frame, int wanted) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        return wanted < 0
                ? headers.parse(bytes, 0, frame.length)
                : headers.parse(bytes, 0, frame.length, wanted);
    }

    /** The headers, without what differs from piece to piece. */
    private static byte[] bare(
            byte[] frame, Headers headers, int size, boolean hasCwr, boolean isLast) {
        byte[] bare = Arrays.copyOf(frame, size);
        ByteBuffer bytes = ByteBuffer.wrap(bare);
        bareNetwork(bytes, headers.isIpv6(), headers.network());
        for (int i = 0; i < headers.outer(); i++) {
            int at = headers.outerAt(i);
            switch (headers.outerKind(i)) {
                case Headers.IN_IPV4 -> bareNetwork(bytes, false, at);
                case Headers.IN_IPV6 -> bareNetwork(bytes, true, at);
                case Headers.UDP -> bytes.putInt(at + Headers.UDP_LENGTH, 0);
                default -> {
                    if ((bytes.getShort(at) & Encapsulation.GRE_CHECKSUM) != 0) {
                        bytes.putShort(at + Integer.BYTES, (short) 0);
                    }
                }
            }
        }
        bytes.putShort(headers.checksumAt(), (short) 0);
        if (headers.isTcp()) {
            int flags = headers.transport() + Headers.FLAGS;
            int kept = ~((hasCwr ? 0 : CWR) | (isLast ? 0 : FIN_AND_PSH));
            bytes.put(flags, (byte) (bytes.get(flags) & kept));
            bytes.putInt(headers.transport() + Headers.SEQUENCE, 0);
        } else {
            bytes.putShort(headers.transport() + Headers.UDP_LENGTH, (short) 0);
        }
        return bare;
    }

    private static void bareNetwork(ByteBuffer bytes, boolean ipv6, int at) {
        if (ipv6) {
            bytes.putShort(at + Headers.PAYLOAD_LENGTH, (short) 0);
        } else {
            bytes.putInt(at + Headers.TOTAL_LENGTH, 0);
            bytes.putShort(at + Headers.IPV4_CHECKSUM, (short) 0);
        }
    }

    /** Lengths, numbers and checksums of one piece. */
    private static void checkFields(
            Headers headers, byte[] whole, byte[] piece, int end, int from, int number) {
        ByteBuffer was = ByteBuffer.wrap(whole);
        ByteBuffer is = ByteBuffer.wrap(piece);
        checkNetwork(headers.isIpv6(), was, is, headers.network(), end, number);
        for (int i = 0; i < headers.outer(); i++) {
            int at = headers.outerAt(i);
            int kind = headers.outerKind(i);
            if (kind == Headers.IN_IPV4 || kind == Headers.IN_IPV6) {
                checkNetwork(kind == Headers.IN_IPV6, was, is, at, end, number);
            } else if (kind == Headers.UDP) {
                Check.same((short) (end - at), is.getShort(at + Headers.UDP_LENGTH), "UDP length");
                boolean has = was.getShort(at + Headers.UDP_CHECKSUM) != 0;
                Check.same(has, is.getShort(at + Headers.UDP_CHECKSUM) != 0, "a UDP checksum");
                if (has) {
                    long sum = headers.outerPseudoSum(is, i) + (end - at);
                    checkSum(sum + Repair.sum(is, at, end - at), "an outer UDP checksum");
                }
            } else if ((was.getShort(at) & Encapsulation.GRE_CHECKSUM) != 0) {
                checkSum(Repair.sum(is, at, end - at), "a GRE checksum");
            }
        }
        int transport = headers.transport();
        if (headers.isTcp()) {
            int sequence = was.getInt(transport + Headers.SEQUENCE) + from;
            Check.same(sequence, is.getInt(transport + Headers.SEQUENCE), "sequence number");
        } else {
            Check.same(
                    (short) (end - transport),
                    is.getShort(transport + Headers.UDP_LENGTH),
                    "UDP length");
        }
        long sum = headers.pseudoSum(is) + (end - transport);
        checkSum(sum + Repair.sum(is, transport, end - transport), "a transport's checksum");
    }

    private static void checkNetwork(
            boolean ipv6, ByteBuffer was, ByteBuffer is, int at, int end, int number) {
        if (ipv6) {
            Check.same(
                    (short) (end - at - Headers.IPV6_HEADER),
                    is.getShort(at + Headers.PAYLOAD_LENGTH),
                    "IPv6 length");
            return;
        }
        Check.same((short) (end - at), is.getShort(at + Headers.TOTAL_LENGTH), "IPv4 length");
        short next = (short) (was.getShort(at + Headers.IDENTIFICATION) + number);
        Check.same(next, is.getShort(at + Headers.IDENTIFICATION), "IPv4 identification");
        int size = (is.get(at) & 0xf) * Integer.BYTES;
        checkSum(Repair.sum(is, at, size), "an IPv4 checksum");
    }

    private static void checkSum(long sum, String what) {
        Check.same(0xffff, Repair.folded(sum), what);
    }
}
