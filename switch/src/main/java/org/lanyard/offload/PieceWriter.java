package org.lanyard.offload;

import java.nio.ByteBuffer;
import org.lanyard.frame.StreamFormat;

/**
 * Writes the pieces of a super-frame one by one, in stream format, each with all headers down to
 * the one whose payload is cut. In every one of them, within tunnels and around them, lengths,
 * numbers and checksums are made the piece's own; all other bytes are as they came, so a piece
 * leaves in the tunnel that the super-frame was in. As the kernel does it: net/ipv4/tcp_offload.c
 * tcp_gso_segment, net/ipv4/udp_offload.c __udp_gso_segment and __skb_udp_tunnel_segment,
 * net/ipv4/gre_offload.c gre_gso_segment, net/ipv4/af_inet.c inet_gso_segment. One thread's;
 * allocates nothing.
 */
final class PieceWriter {
    private static final int PREFIX = StreamFormat.PREFIX;
    private static final int FIN = 0x01;
    private static final int PSH = 0x08;
    static final int CWR = 0x80;

    private ByteBuffer source;
    private Headers headers;
    private int offset;
    private int headerSize;
    private int payload;
    private int size;
    private int count;
    private boolean keepsCwr;
    private long pseudo;

    /**
     * @param from where the super-frame is, and stays until all pieces are written
     * @param parsed its headers
     * @param frame where it begins
     * @param length of the frame
     * @param pieceSize payload of each piece but the last
     * @param cwrInAll whether that flag of TCP's stands in each piece; else in the first alone
     */
    void begin(
            ByteBuffer from,
            Headers parsed,
            int frame,
            int length,
            int pieceSize,
            boolean cwrInAll) {
        source = from;
        headers = parsed;
        offset = frame;
        size = pieceSize;
        keepsCwr = cwrInAll;
        headerSize = parsed.payload() - frame;
        payload = length - headerSize;
        count = Math.max(1, (payload + size - 1) / size);
        pseudo = parsed.pseudoSum(from);
    }

    /** How many pieces, at least 1. */
    int count() {
        return count;
    }

    /** Bytes that they take in stream format, at most. */
    long room() {
        int longest = Math.max(headerSize + Math.min(size, payload), StreamFormat.MIN_FRAME);
        return (long) count * (PREFIX + longest);
    }

    /** Bytes that one of them takes. */
    int size(int number) {
        return PREFIX + Math.max(headerSize + part(number), StreamFormat.MIN_FRAME);
    }

    private int part(int number) {
        return Math.min(size, payload - number * size);
    }

    /**
     * @param number from 0
     * @param target may be the source, where the piece does not overlap it
     * @param at where its length prefix goes
     */
    void write(int number, ByteBuffer target, int at) {
        int part = part(number);
        int from = number * size;
        int frame = at + PREFIX;
        int end = frame + headerSize + part;
        target.putInt(at, size(number) - PREFIX);
        target.put(frame, source, offset, headerSize);
        target.put(frame + headerSize, source, headers.payload() + from, part);
        for (int pad = end; pad < at + size(number); pad++) {
            target.put(pad, (byte) 0);
        }
        finish(target, frame - offset, number, from, end);
    }

    /**
     * Corrects the headers of one piece.
     *
     * @param shift from the super-frame's headers to the piece's
     * @param from where its payload begins in that of the super-frame
     * @param end behind its payload
     */
    private void finish(ByteBuffer bytes, int shift, int number, int from, int end) {
        int network = headers.network() + shift;
        int transport = headers.transport() + shift;
        int length = end - transport;
        if (headers.isIpv6()) {
            finishIpv6(bytes, network, end);
        } else {
            finishIpv4(bytes, network, number, end);
        }
        if (headers.isTcp()) {
            finishTcp(bytes, transport, number, from);
        } else {
            bytes.putShort(transport + Headers.UDP_LENGTH, (short) length);
        }
        int checksumAt = headers.checksumAt() + shift;
        bytes.putShort(checksumAt, (short) 0);
        long sum = pseudo + length + Checksum.sum(bytes, transport, length);
        bytes.putShort(checksumAt, headers.isTcp() ? Checksum.of(sum) : Checksum.ofUdp(sum));
        for (int i = headers.outer() - 1; i >= 0; i--) {
            finishOuter(bytes, shift, number, i, end);
        }
    }

    private void finishOuter(ByteBuffer bytes, int shift, int number, int index, int end) {
        int at = headers.outerAt(index) + shift;
        switch (headers.outerKind(index)) {
            case Headers.IN_IPV4 -> finishIpv4(bytes, at, number, end);
            case Headers.IN_IPV6 -> finishIpv6(bytes, at, end);
            case Headers.UDP -> finishOuterUdp(bytes, at, index, shift, end);
            default -> finishGre(bytes, at, shift, end);
        }
    }

    /** One without a checksum stays so (RFC 6935, 6936). */
    private void finishOuterUdp(ByteBuffer bytes, int at, int index, int shift, int end) {
        bytes.putShort(at + Headers.UDP_LENGTH, (short) (end - at));
        int checksumAt = at + Headers.UDP_CHECKSUM;
        if (bytes.getShort(checksumAt) != 0) {
            bytes.putShort(checksumAt, (short) 0);
            long sum = headers.outerPseudoSum(source, index) + (end - at);
            bytes.putShort(checksumAt, Checksum.ofUdp(sum + sum(bytes, at, shift, end)));
        }
    }

    private void finishGre(ByteBuffer bytes, int at, int shift, int end) {
        if ((bytes.getShort(at) & Encapsulation.GRE_CHECKSUM) != 0) {
            bytes.putShort(at + Integer.BYTES, (short) 0);
            bytes.putShort(at + Integer.BYTES, Checksum.of(sum(bytes, at, shift, end)));
        }
    }

    /**
     * From here to the piece's end. What is within has its checksum, so its sum is known: that of
     * the pseudo-header, inverted (Documentation/networking/checksum-offloads.rst, LCO).
     */
    private long sum(ByteBuffer bytes, int from, int shift, int end) {
        int transport = headers.transport() + shift;
        long within = Checksum.of(pseudo + (end - transport)) & 0xffff;
        return Checksum.sum(bytes, from, transport - from) + within;
    }

    private static void finishIpv6(ByteBuffer bytes, int network, int end) {
        int length = end - network - Headers.IPV6_HEADER;
        bytes.putShort(network + Headers.PAYLOAD_LENGTH, (short) length);
    }

    private static void finishIpv4(ByteBuffer bytes, int network, int number, int end) {
        int identification = bytes.getShort(network + Headers.IDENTIFICATION) + number;
        bytes.putShort(network + Headers.TOTAL_LENGTH, (short) (end - network));
        bytes.putShort(network + Headers.IDENTIFICATION, (short) identification);
        bytes.putShort(network + Headers.IPV4_CHECKSUM, (short) 0);
        int size = (bytes.get(network) & 0x0f) * Integer.BYTES;
        bytes.putShort(
                network + Headers.IPV4_CHECKSUM, Checksum.of(Checksum.sum(bytes, network, size)));
    }

    private void finishTcp(ByteBuffer bytes, int transport, int number, int from) {
        int sequence = bytes.getInt(transport + Headers.SEQUENCE);
        bytes.putInt(transport + Headers.SEQUENCE, sequence + from);
        int flags = bytes.get(transport + Headers.FLAGS);
        if (number < count - 1) {
            flags &= ~(FIN | PSH);
        }
        if (number > 0 && !keepsCwr) {
            flags &= ~CWR;
        }
        bytes.put(transport + Headers.FLAGS, (byte) flags);
    }
}
