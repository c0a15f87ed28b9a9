package org.lanyard.offload;

import java.nio.ByteBuffer;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.Region;

/**
 * Consecutive segments of one TCP flow that are to go as one super-frame, without their payload
 * being copied: headers of its own, then the payloads where they lie. What it merges is what the
 * kernel's own GRO would merge (net/ipv4/tcp_offload.c tcp_gro_receive, net/ipv4/af_inet.c
 * inet_gro_receive), and never a frame whose checksum is wrong: merged, it would look right. One
 * thread's; allocates nothing after its constructor.
 *
 * <p>A segment joins when its headers are those of the one before but for number and checksums, it
 * follows it directly, and it is not longer than the first. One that is shorter, or has PSH, is the
 * last.
 */
public final class HeldFlow implements AutoCloseable {
    private static final int MOST_FRAMES = Coalescer.MOST_FRAMES;
    private static final int MOST_BYTES = 0xffff;
    private static final int ACK = 0x10;
    private static final int PSH = 0x08;
    private static final int RESERVED = 0x0f;
    private static final int VALID = 0xffff;
    private static final short DONT_FRAGMENT = 0x4000;

    /** Of network and transport together. */
    private static final int MOST_HEADERS = 160;

    private static final int HEADER_ROOM = 256;

    private final Headers written = new Headers();
    private final Region own = Region.allocate(HEADER_ROOM);
    private final int[] starts = new int[MOST_FRAMES];
    private final int[] ends = new int[MOST_FRAMES];
    private final int[] payloads = new int[MOST_FRAMES];
    private final int[] sizes = new int[MOST_FRAMES];

    /** Of the frame that is looked at. */
    private Headers headers;

    private long key;
    private int first;
    private int headerSize;
    private int networkAt;
    private int transportAt;
    private int total;
    private int nextSequence;
    private int nextIdentification;
    private boolean pushed;
    private int count;

    /** How many frames it holds. */
    public int count() {
        return count;
    }

    /** Where the length prefix of one of them stands in the slab. */
    public int start(int index) {
        return starts[index];
    }

    /** Behind it. */
    public int end(int index) {
        return ends[index];
    }

    /** See {@link Headers#flowKey}. */
    long key() {
        return key;
    }

    /**
     * Forgets what it held, and takes a frame as its first.
     *
     * @param parsed the frame's headers
     * @param at of the frame's length prefix
     * @return false when the frame is none to merge
     */
    boolean begin(ByteBuffer bytes, Headers parsed, long flowKey, int at, int end) {
        count = 0;
        key = flowKey;
        return add(bytes, parsed, at, end);
    }

    /**
     * Takes a frame behind those that it holds.
     *
     * @param parsed the frame's headers
     * @param at of the frame's length prefix
     * @return false when the frame is none to merge, or not with these
     */
    boolean add(ByteBuffer bytes, Headers parsed, int at, int end) {
        headers = parsed;
        int offset = at + StreamFormat.PREFIX;
        int payload = end - headers.payload();
        if (!isMergeable(bytes, end)
                || count > 0 && !follows(bytes, offset, payload)
                || !isIntact(bytes, end)) {
            return false;
        }
        if (count == 0) {
            first = offset;
            headerSize = headers.payload() - offset;
            networkAt = headers.network() - offset;
            transportAt = headers.transport() - offset;
            total = end - headers.network();
        } else {
            total += payload;
        }
        starts[count] = at;
        ends[count] = end;
        payloads[count] = headers.payload();
        sizes[count] = payload;
        count++;
        nextSequence = bytes.getInt(headers.transport() + Headers.SEQUENCE) + payload;
        nextIdentification = identification(bytes) + 1;
        pushed = (bytes.get(headers.transport() + Headers.FLAGS) & PSH) != 0;
        return true;
    }

    private int identification(ByteBuffer bytes) {
        return headers.isIpv6()
                ? 0
                : bytes.getShort(headers.network() + Headers.IDENTIFICATION) & 0xffff;
    }

    /** Data of an established connection, without anything that needs to be told by itself. */
    private boolean isMergeable(ByteBuffer bytes, int end) {
        if (!headers.isTcp() || headers.networkEnd() != end || headers.payload() >= end) {
            return false;
        }
        int transport = headers.transport();
        int flags = bytes.get(transport + Headers.FLAGS) & 0xff;
        int reserved = bytes.get(transport + Headers.DATA_OFFSET) & RESERVED;
        return (flags & ~PSH) == ACK
                && reserved == 0
                && headers.payload() - headers.network() <= MOST_HEADERS;
    }

    private boolean follows(ByteBuffer bytes, int offset, int payload) {
        return count < MOST_FRAMES
                && !pushed
                && sizes[count - 1] == sizes[0]
                && payload <= sizes[0]
                && total + payload <= MOST_BYTES
                && headers.payload() - offset == headerSize
                && headers.network() - offset == networkAt
                && headers.transport() - offset == transportAt
                && bytes.getInt(headers.transport() + Headers.SEQUENCE) == nextSequence
                && hasSameHeaders(bytes, offset);
    }

    private boolean hasSameHeaders(ByteBuffer bytes, int offset) {
        int shift = first - offset;
        int network = headers.network();
        int transport = headers.transport();
        if (!same(bytes, offset, network, shift)) {
            return false;
        }
        if (headers.isIpv6()) {
            if (!same(bytes, network, network + Headers.PAYLOAD_LENGTH, shift)
                    || !same(
                            bytes,
                            network + Headers.PAYLOAD_LENGTH + Short.BYTES,
                            transport,
                            shift)) {
                return false;
            }
        } else if (!same(bytes, network, network + Headers.TOTAL_LENGTH, shift)
                || !same(bytes, network + Headers.FRAGMENT, network + Headers.IPV4_CHECKSUM, shift)
                || !same(bytes, network + Headers.IPV4_CHECKSUM + Short.BYTES, transport, shift)
                || !isNextIdentification(bytes)) {
            return false;
        }
        int afterSequence = transport + Headers.SEQUENCE + Integer.BYTES;
        return same(bytes, transport, transport + Headers.SEQUENCE, shift)
                && same(bytes, afterSequence, transport + Headers.FLAGS, shift)
                && same(
                        bytes,
                        transport + Headers.FLAGS + 1,
                        transport + Headers.TCP_CHECKSUM,
                        shift)
                && same(
                        bytes,
                        transport + Headers.TCP_CHECKSUM + Short.BYTES,
                        headers.payload(),
                        shift);
    }

    /** Where fragments are forbidden it says nothing (RFC 6864, 4.1). */
    private boolean isNextIdentification(ByteBuffer bytes) {
        return (bytes.getShort(headers.network() + Headers.FRAGMENT) & DONT_FRAGMENT) != 0
                || identification(bytes) == (nextIdentification & 0xffff);
    }

    private static boolean same(ByteBuffer bytes, int from, int to, int shift) {
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            if (bytes.getLong(at) != bytes.getLong(at + shift)) {
                return false;
            }
        }
        for (; at < to; at++) {
            if (bytes.get(at) != bytes.get(at + shift)) {
                return false;
            }
        }
        return true;
    }

    private boolean isIntact(ByteBuffer bytes, int end) {
        int network = headers.network();
        int transport = headers.transport();
        if (!headers.isIpv6()) {
            int size = (bytes.get(network) & RESERVED) * Integer.BYTES;
            if (Checksum.fold(Checksum.sum(bytes, network, size)) != VALID) {
                return false;
            }
        }
        int length = end - transport;
        long sum = headers.pseudoSum(bytes) + length + Checksum.sum(bytes, transport, length);
        return Checksum.fold(sum) == VALID;
    }

    /**
     * Lists what to write: two or more frames as one.
     *
     * @param bytes of the slab that the frames are in
     * @param address of that slab
     * @param pieces empty, with room for {@link Coalescer#MOST_FRAMES} and one more
     */
    public void list(ByteBuffer bytes, long address, IoVec pieces) {
        assert count > 1;
        ByteBuffer head = own.bytes();
        int frame = VirtioHeader.SIZE;
        head.put(frame, bytes, first, headerSize);
        int network = frame + networkAt;
        if ((head.get(network) & 0xf0) == 0x40) {
            head.putShort(network + Headers.TOTAL_LENGTH, (short) total);
            head.putShort(network + Headers.IPV4_CHECKSUM, (short) 0);
            int size = transportAt - networkAt;
            head.putShort(
                    network + Headers.IPV4_CHECKSUM,
                    Checksum.of(Checksum.sum(head, network, size)));
        } else {
            head.putShort(network + Headers.PAYLOAD_LENGTH, (short) (total - Headers.IPV6_HEADER));
        }
        if (pushed) {
            int flags = frame + transportAt + Headers.FLAGS;
            head.put(flags, (byte) (head.get(flags) | PSH));
        }
        written.parse(head, frame, headerSize);
        VirtioHeader.write(written, head, 0, head, frame, networkAt + total, sizes[0]);
        pieces.add(own.address(), VirtioHeader.SIZE + headerSize);
        for (int i = 0; i < count; i++) {
            pieces.add(address + payloads[i], sizes[i]);
        }
    }

    @Override
    public void close() {
        own.close();
    }
}
