package org.lanyard.offload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.frame.VlanTag;

/**
 * {@code struct virtio_net_hdr} (linux/virtio_net.h), which stands in front of each frame that a
 * TAP with IFF_VNET_HDR or a packet socket with PACKET_VNET_HDR reads or writes. Its numbers are in
 * the machine's own byte order. One object, one thread, reused.
 *
 * <p>Of a super-frame it tells what is to be cut, TCP or UDP, but not what is around that: only
 * where the checksum begins, which is where the header of that TCP or UDP does (virtio_net.h
 * virtio_net_hdr_from_skb). It is believed only where the frame's own headers lead there.
 */
public final class VirtioHeader {
    /** Bytes. */
    public static final int SIZE = 10;

    /** Bytes of a frame's headers, for {@link #writeLone}. */
    public static final int MOST_HEADERS = 256;

    private static final int NEEDS_CHECKSUM = 1;
    private static final int NO_SUPER_FRAME = 0;
    private static final int TCP4 = 1;
    private static final int TCP6 = 4;
    private static final int UDP = 5;
    private static final int ECN = 0x80;

    private static final int TYPE = 1;
    private static final int HEADER_LENGTH = 2;
    private static final int SEGMENT_SIZE = 4;
    private static final int CHECKSUM_START = 6;
    private static final int CHECKSUM_OFFSET = 8;

    private static final boolean SWAPPED = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private final Headers headers = new Headers();
    private final CRC32C crc = new CRC32C();
    private int flags;
    private int type;
    private boolean classicEcn;
    private int size;
    private int checksumStart;
    private int checksumOffset;
    private int headersSize;
    private int transport;
    private boolean cwrInAll;
    private boolean forNobodyWhole;

    /**
     * Reads it from what the kernel gave.
     *
     * @param bytes big-endian
     */
    public void read(ByteBuffer bytes, int at) {
        flags = bytes.get(at) & 0xff;
        type = bytes.get(at + TYPE) & 0xff & ~ECN;
        classicEcn = (bytes.get(at + TYPE) & ECN) != 0;
        size = number(bytes.getShort(at + SEGMENT_SIZE));
        checksumStart = number(bytes.getShort(at + CHECKSUM_START));
        checksumOffset = number(bytes.getShort(at + CHECKSUM_OFFSET));
    }

    /**
     * After {@link #read}: the frame has got a VLAN tag back that the kernel had taken out before
     * it counted from the frame's beginning.
     */
    public void passTag() {
        checksumStart += VlanTag.SIZE;
    }

    private static int number(short stored) {
        return (SWAPPED ? Short.reverseBytes(stored) : stored) & 0xffff;
    }

    /**
     * Makes the frame behind the header that was {@link #read} what it says: a super-frame, or a
     * plain one whose checksum is complete.
     *
     * @param offset of the frame
     * @return the frame's prefix; negative for a super-frame, 0 where the header makes no sense
     */
    public int settle(ByteBuffer bytes, int offset, int length) {
        if (type == NO_SUPER_FRAME) {
            return (flags & NEEDS_CHECKSUM) == 0 || completes(bytes, offset, length) ? length : 0;
        }
        boolean known = type == TCP4 || type == TCP6 || type == UDP;
        if (!known
                || size == 0
                || type == UDP && size > SuperFrame.MAX_SIZE
                || !isWhatItSays(bytes, offset, length)) {
            return 0;
        }
        // TCP may be cut into smaller pieces than it asked for.
        return SuperFrame.prefix(length, Math.min(size, SuperFrame.MAX_SIZE));
    }

    private boolean isWhatItSays(ByteBuffer bytes, int offset, int length) {
        boolean isTold = (flags & NEEDS_CHECKSUM) != 0;
        boolean found =
                isTold
                        ? headers.parse(bytes, offset, length, offset + checksumStart)
                        : headers.parse(bytes, offset, length);
        if (!found
                || type != superType(headers)
                || isTold && headers.transport() + checksumOffset != headers.checksumAt()) {
            return false;
        }
        transport = headers.transport() - offset;
        cwrInAll = !classicEcn && hasCwr(headers, bytes);
        forNobodyWhole = headers.outer() > 0 || cwrInAll;
        return isTold || headers.isTcp() || !headers.mayHideAnother(bytes, offset, length);
    }

    private static int superType(Headers headers) {
        return switch (headers.protocol()) {
            case Headers.TCP -> headers.isIpv6() ? TCP6 : TCP4;
            case Headers.UDP -> UDP;
            default -> NO_SUPER_FRAME;
        };
    }

    private static boolean hasCwr(Headers headers, ByteBuffer bytes) {
        return headers.isTcp()
                && (bytes.get(headers.transport() + Headers.FLAGS) & PieceWriter.CWR) != 0;
    }

    /**
     * After {@link #settle} of a super-frame: whether it has to be cut up at once, for written to
     * an interface as it is it would be lost or bent. The kernel takes a packet in a tunnel for a
     * plain one, finds that it is none where it has to cut it, and drops it in silence
     * (net/ipv4/udp_offload.c udp4_ufo_fragment); and it would clear the CWR flag of Accurate ECN.
     */
    public boolean isForNobodyWhole() {
        return forNobodyWhole;
    }

    /** Of such a super-frame: where the header whose payload is to be cut begins in the frame. */
    int transport() {
        return transport;
    }

    /**
     * Whether CWR stands in each piece: it is part of Accurate ECN's counter (RFC 9768, 3.2.2), as
     * it is not said to be an answer that is given once (RFC 3168, 6.1.2).
     */
    boolean hasCwrInAll() {
        return cwrInAll;
    }

    /** The sender has left the pseudo-header's sum where the checksum goes, or nothing for SCTP. */
    private boolean completes(ByteBuffer bytes, int offset, int length) {
        int at = checksumStart + checksumOffset;
        if (checksumStart < StreamFormat.MIN_HEADER || at + Short.BYTES > length) {
            return false;
        }
        int start = offset + checksumStart;
        if (checksumOffset == Headers.SCTP_CHECKSUM
                && headers.parse(bytes, offset, length, start)
                && headers.protocol() == Headers.SCTP) {
            completeSctp(bytes, start, offset + length);
            return true;
        }
        long sum = Checksum.sum(bytes, start, length - checksumStart);
        boolean isUdp = checksumOffset == Headers.UDP_CHECKSUM;
        bytes.putShort(offset + at, isUdp ? Checksum.ofUdp(sum) : Checksum.of(sum));
        return true;
    }

    /** A CRC32c with its lowest byte first (RFC 9260, appendix A), as net/core/dev.c has it. */
    private void completeSctp(ByteBuffer bytes, int start, int end) {
        int at = start + Headers.SCTP_CHECKSUM;
        bytes.putInt(at, 0);
        crc.reset();
        crc.update(bytes.limit(end).position(start));
        bytes.clear();
        bytes.putInt(at, Integer.reverseBytes((int) crc.getValue()));
    }

    /** Of a plain frame, complete as it is: all zeros. */
    public static void writePlain(ByteBuffer bytes, int at) {
        bytes.putLong(at, 0);
        bytes.putShort(at + Long.BYTES, (short) 0);
    }

    /**
     * Writes the header of a super-frame, with the pseudo-header's sum where the kernel wants it:
     * in the frame itself.
     *
     * @param header where the struct goes
     * @param headerAt in it
     * @param frame where the frame's headers are
     * @param offset of the frame there
     * @param length of the whole frame
     * @param segmentSize payload of each piece
     * @return false when it is no TCP segment or UDP datagram
     */
    public boolean writeSuper(
            ByteBuffer header,
            int headerAt,
            ByteBuffer frame,
            int offset,
            int length,
            int segmentSize) {
        if (!headers.parse(frame, offset, length)) {
            return false;
        }
        headersSize = headers.payload() - offset;
        write(headers, header, headerAt, frame, offset, length, segmentSize);
        return true;
    }

    /** Of the last frame that {@link #writeSuper} described, and of each of its pieces: bytes. */
    public int headersSize() {
        return headersSize;
    }

    /**
     * Writes the header of a plain frame as of a super-frame of one piece: the kernel does not look
     * at the length of such a one (net/packet/af_packet.c packet_snd). What the kernel is to
     * complete would look right afterwards, so it has to be right before.
     *
     * @param header where the struct goes, and behind it the frame's headers, as they are to be
     *     written
     * @param headerAt in it; {@link #MOST_HEADERS} bytes have to be behind the struct
     * @param frame stays as it is
     * @return how long the frame's headers are, or 0 where it can't be told so
     */
    public int writeLone(
            ByteBuffer header, int headerAt, ByteBuffer frame, int offset, int length) {
        if (!headers.parse(frame, offset, length) || !isWhole(frame, offset + length)) {
            return 0;
        }
        int copied = headers.payload() - offset;
        if (copied > MOST_HEADERS) {
            return 0;
        }
        int copy = headerAt + SIZE;
        header.put(copy, frame, offset, copied);
        headers.parse(header, copy, copied);
        int shortest = headers.isTcp() ? Headers.TCP_HEADER : Headers.UDP_HEADER;
        int segment = copy + length - headers.transport() - shortest;
        write(headers, header, headerAt, header, copy, length, segment);
        return copied;
    }

    private boolean isWhole(ByteBuffer frame, int end) {
        int transportLength = end - headers.transport();
        long sum = headers.pseudoSum(frame) + transportLength;
        sum += Checksum.sum(frame, headers.transport(), transportLength);
        return headers.networkEnd() == end
                && headers.payload() < end
                && (headers.isTcp() || frame.getShort(headers.checksumAt()) != 0)
                && Checksum.fold(sum) == 0xffff;
    }

    /** The same, for headers that were parsed. */
    static void write(
            Headers headers,
            ByteBuffer header,
            int headerAt,
            ByteBuffer frame,
            int offset,
            int length,
            int segmentSize) {
        int transport = headers.transport();
        int checksumAt = headers.checksumAt();
        int transportLength = offset + length - transport;
        int pseudo = Checksum.fold(headers.pseudoSum(frame) + transportLength);
        frame.putShort(checksumAt, (short) pseudo);
        int kind = superType(headers) | (hasCwr(headers, frame) ? ECN : 0);
        header.put(headerAt, (byte) NEEDS_CHECKSUM);
        header.put(headerAt + TYPE, (byte) kind);
        putNumber(header, headerAt + HEADER_LENGTH, headers.payload() - offset);
        putNumber(header, headerAt + SEGMENT_SIZE, segmentSize);
        putNumber(header, headerAt + CHECKSUM_START, transport - offset);
        putNumber(header, headerAt + CHECKSUM_OFFSET, checksumAt - transport);
    }

    private static void putNumber(ByteBuffer bytes, int at, int number) {
        short stored = (short) number;
        bytes.putShort(at, SWAPPED ? Short.reverseBytes(stored) : stored);
    }
}
