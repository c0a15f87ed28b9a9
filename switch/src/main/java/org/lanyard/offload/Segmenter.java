package org.lanyard.offload;

import java.nio.ByteBuffer;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;

/**
 * Cuts a super-frame up into the frames that would have crossed a wire, as the kernel's software
 * segmentation does (net/ipv4/tcp_offload.c tcp_gso_segment, net/ipv4/udp_offload.c
 * __udp_gso_segment, net/ipv4/af_inet.c inet_gso_segment): numbers count up, FIN and PSH stand in
 * the last piece alone and CWR in the first, lengths and checksums are each piece's own. The pieces
 * follow one another in the slab's scratch, in stream format. One thread's; allocates nothing.
 */
public final class Segmenter {
    private static final int PREFIX = StreamFormat.PREFIX;
    private static final int FIN = 0x01;
    private static final int PSH = 0x08;
    private static final int CWR = 0x80;

    private final Headers headers = new Headers();
    private int start;
    private int end;
    private int count;

    /**
     * @param at where the super-frame's prefix stands
     * @return false when it is no TCP segment or UDP datagram, or the slab has no room for the
     *     pieces
     */
    public boolean cut(Slab slab, int at) {
        ByteBuffer bytes = slab.bytes();
        int prefix = bytes.getInt(at);
        int offset = at + PREFIX;
        int length = SuperFrame.length(prefix);
        int size = SuperFrame.size(prefix);
        if (!headers.parse(bytes, offset, length)) {
            return false;
        }
        int headerSize = headers.payload() - offset;
        int payload = length - headerSize;
        int pieces = Math.max(1, (payload + size - 1) / size);
        int longest = Math.max(headerSize + Math.min(size, payload), StreamFormat.MIN_FRAME);
        long room = (long) pieces * (PREFIX + longest);
        if (room > Integer.MAX_VALUE || !slab.hasScratch((int) room)) {
            return false;
        }
        long pseudo = headers.pseudoSum(bytes);
        count = pieces;
        for (int i = 0; i < pieces; i++) {
            int from = i * size;
            int part = Math.min(size, payload - from);
            int newLength = Math.max(headerSize + part, StreamFormat.MIN_FRAME);
            int piece = slab.claimScratch(PREFIX + newLength);
            if (i == 0) {
                start = piece;
            }
            int frame = piece + PREFIX;
            bytes.putInt(piece, newLength);
            bytes.put(frame, bytes, offset, headerSize);
            bytes.put(frame + headerSize, bytes, headers.payload() + from, part);
            for (int pad = headerSize + part; pad < newLength; pad++) {
                bytes.put(frame + pad, (byte) 0);
            }
            finish(
                    bytes,
                    frame - offset,
                    i,
                    from,
                    headerSize + part - (headers.transport() - offset),
                    pseudo);
            end = frame + newLength;
        }
        return true;
    }

    /**
     * Corrects the headers of one piece.
     *
     * @param shift from the super-frame's headers to the piece's
     * @param from where its payload begins in that of the super-frame
     * @param transportLength header and payload
     */
    private void finish(
            ByteBuffer bytes, int shift, int number, int from, int transportLength, long pseudo) {
        int network = headers.network() + shift;
        int transport = headers.transport() + shift;
        if (headers.isIpv6()) {
            int length = transport + transportLength - network - Headers.IPV6_HEADER;
            bytes.putShort(network + Headers.PAYLOAD_LENGTH, (short) length);
        } else {
            finishIpv4(bytes, network, number, transport + transportLength - network);
        }
        if (headers.isTcp()) {
            finishTcp(bytes, transport, number, from);
        } else {
            bytes.putShort(transport + Headers.UDP_LENGTH, (short) transportLength);
        }
        int checksumAt = headers.checksumAt() + shift;
        bytes.putShort(checksumAt, (short) 0);
        long sum = pseudo + transportLength + Checksum.sum(bytes, transport, transportLength);
        bytes.putShort(checksumAt, headers.isTcp() ? Checksum.of(sum) : Checksum.ofUdp(sum));
    }

    private static void finishIpv4(ByteBuffer bytes, int network, int number, int length) {
        int identification = bytes.getShort(network + Headers.IDENTIFICATION) + number;
        bytes.putShort(network + Headers.TOTAL_LENGTH, (short) length);
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
        if (number > 0) {
            flags &= ~CWR;
        }
        bytes.put(transport + Headers.FLAGS, (byte) flags);
    }

    /** Where the first piece's length prefix stands. */
    public int start() {
        return start;
    }

    /** Behind the last piece. */
    public int end() {
        return end;
    }

    /** How many pieces, at least 1. */
    public int count() {
        return count;
    }
}
