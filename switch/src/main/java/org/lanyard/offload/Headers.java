package org.lanyard.offload;

import java.nio.ByteBuffer;

/**
 * Where the headers of a frame stand, found by {@link #parse}: Ethernet with up to two tags, IPv4
 * (RFC 791) or IPv6 (RFC 8200), TCP (RFC 9293) or UDP (RFC 768). One object, one thread, reused.
 */
final class Headers {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int UDP_HEADER = 8;

    /** In a TCP header. */
    static final int SEQUENCE = 4;

    static final int DATA_OFFSET = 12;
    static final int FLAGS = 13;
    static final int TCP_CHECKSUM = 16;

    /** In a UDP header. */
    static final int UDP_LENGTH = 4;

    static final int UDP_CHECKSUM = 6;

    /** In an IPv4 header. */
    static final int TOTAL_LENGTH = 2;

    static final int IDENTIFICATION = 4;
    static final int FRAGMENT = 6;
    static final int IPV4_CHECKSUM = 10;

    /** In an IPv6 header. */
    static final int PAYLOAD_LENGTH = 4;

    static final int IPV6_HEADER = 40;

    private static final int TYPE = 12;
    private static final int TAG = 4;
    private static final int MOST_TAGS = 2;
    private static final int CUSTOMER_TAG = 0x8100;
    private static final int SERVICE_TAG = 0x88a8;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int IPV4_HEADER = 20;
    private static final int TCP_HEADER = 20;
    private static final int MORE_FRAGMENTS_AND_OFFSET = 0x3fff;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int DESTINATION = 60;
    private static final int MOST_EXTENSIONS = 8;

    /** Odd, and without a pattern: 2^64 over the golden ratio. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private int network;
    private int transport;
    private int payload;
    private int networkEnd;
    private int protocol;
    private boolean ipv6;

    /**
     * @param offset of the frame
     * @param length of the frame
     * @return false for anything but an unfragmented TCP segment or UDP datagram, whole headers
     */
    boolean parse(ByteBuffer bytes, int offset, int length) {
        int end = offset + length;
        int at = offset + TYPE;
        int tags = 0;
        int type = at + Short.BYTES > end ? 0 : bytes.getShort(at) & 0xffff;
        while ((type == CUSTOMER_TAG || type == SERVICE_TAG) && tags < MOST_TAGS) {
            at += TAG;
            tags++;
            type = at + Short.BYTES > end ? 0 : bytes.getShort(at) & 0xffff;
        }
        network = at + Short.BYTES;
        boolean found =
                switch (type) {
                    case IPV4 -> parseIpv4(bytes, end);
                    case IPV6 -> parseIpv6(bytes, end);
                    default -> false;
                };
        return found && parseTransport(bytes, end);
    }

    private boolean parseIpv4(ByteBuffer bytes, int end) {
        if (network + IPV4_HEADER > end || (bytes.get(network) & 0xf0) != 0x40) {
            return false;
        }
        int size = (bytes.get(network) & 0x0f) * Integer.BYTES;
        int fragment = bytes.getShort(network + FRAGMENT) & MORE_FRAGMENTS_AND_OFFSET;
        ipv6 = false;
        transport = network + size;
        networkEnd = network + (bytes.getShort(network + TOTAL_LENGTH) & 0xffff);
        protocol = bytes.get(network + 9) & 0xff;
        return size >= IPV4_HEADER && transport <= end && fragment == 0;
    }

    private boolean parseIpv6(ByteBuffer bytes, int end) {
        if (network + IPV6_HEADER > end || (bytes.get(network) & 0xf0) != 0x60) {
            return false;
        }
        ipv6 = true;
        int next = bytes.get(network + 6) & 0xff;
        int at = network + IPV6_HEADER;
        networkEnd = at + (bytes.getShort(network + PAYLOAD_LENGTH) & 0xffff);
        for (int i = 0; next == HOP_BY_HOP || next == ROUTING || next == DESTINATION; i++) {
            // RFC 8200, 4.3 and later: next header, length in units of 8 octets less the first.
            if (i == MOST_EXTENSIONS || at + Long.BYTES > end) {
                return false;
            }
            next = bytes.get(at) & 0xff;
            at += ((bytes.get(at + 1) & 0xff) + 1) * Long.BYTES;
        }
        transport = at;
        protocol = next;
        return at <= end;
    }

    private boolean parseTransport(ByteBuffer bytes, int end) {
        if (protocol == UDP) {
            payload = transport + UDP_HEADER;
            return payload <= end;
        }
        if (protocol != TCP || transport + TCP_HEADER > end) {
            return false;
        }
        int size = (bytes.get(transport + DATA_OFFSET) >>> 4 & 0x0f) * Integer.BYTES;
        payload = transport + size;
        return size >= TCP_HEADER && payload <= end;
    }

    /** Where the IP header begins. */
    int network() {
        return network;
    }

    /** Where TCP's or UDP's header begins. */
    int transport() {
        return transport;
    }

    /** Behind that header. */
    int payload() {
        return payload;
    }

    /** Where the packet ends by what the IP header says, which may be before the frame's end. */
    int networkEnd() {
        return networkEnd;
    }

    boolean isIpv6() {
        return ipv6;
    }

    boolean isTcp() {
        return protocol == TCP;
    }

    int protocol() {
        return protocol;
    }

    /** The sum of the pseudo-header (RFC 9293, 3.1; RFC 8200, 8.1) but for the length. */
    long pseudoSum(ByteBuffer bytes) {
        return protocol
                + (ipv6
                        ? Checksum.sum(bytes, network + 8, 32)
                        : Checksum.sum(bytes, network + 12, 8));
    }

    /**
     * The same for all packets of a flow, addresses and ports; nearly always another for another
     * flow's.
     */
    long flowKey(ByteBuffer bytes) {
        long addresses;
        if (ipv6) {
            addresses = 0;
            for (int at = network + 8; at < network + IPV6_HEADER; at += Long.BYTES) {
                addresses = addresses * SPREAD + bytes.getLong(at);
            }
        } else {
            addresses = bytes.getLong(network + 12);
        }
        return addresses * SPREAD + bytes.getInt(transport);
    }

    /** Where the transport's checksum stands. */
    int checksumAt() {
        return transport + (isTcp() ? TCP_CHECKSUM : UDP_CHECKSUM);
    }
}
