package org.lanyard.offload;

import java.nio.ByteBuffer;

/**
 * Where the headers of a frame stand, found by {@link #parse}: Ethernet with its tags, IPv4 (RFC
 * 791) or IPv6 (RFC 8200), TCP (RFC 9293) or UDP (RFC 768), and where it is asked for, the same
 * within tunnels ({@link Encapsulation}). One object, one thread, reused.
 *
 * <pre>
 *   Ethernet ┊ IP ┊ UDP ┊ VXLAN ┊ Ethernet ┊ IP      ┊ TCP       ┊ …
 *              outer(0)  outer(1)            network   transport   payload
 * </pre>
 */
final class Headers {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int SCTP = 132;
    static final int GRE = 47;
    static final int UDP_HEADER = 8;

    /** Without options. */
    static final int TCP_HEADER = 20;

    /** What {@link #outer} may be beside {@link #UDP} and {@link #GRE}: their protocol numbers. */
    static final int IN_IPV4 = 4;

    static final int IN_IPV6 = 41;

    /** In a TCP header. */
    static final int SEQUENCE = 4;

    static final int DATA_OFFSET = 12;
    static final int FLAGS = 13;
    static final int TCP_CHECKSUM = 16;

    /** In a UDP header. */
    static final int UDP_LENGTH = 4;

    static final int UDP_CHECKSUM = 6;

    /** In an SCTP header (RFC 9260, 3.1). */
    static final int SCTP_CHECKSUM = 8;

    /** In an IPv4 header. */
    static final int TOTAL_LENGTH = 2;

    static final int IDENTIFICATION = 4;
    static final int FRAGMENT = 6;
    static final int IPV4_CHECKSUM = 10;

    /** In an IPv6 header. */
    static final int PAYLOAD_LENGTH = 4;

    static final int IPV6_HEADER = 40;

    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;

    /** GRE's and Geneve's number for a whole frame. */
    static final int ETHERNET = 0x6558;

    private static final int OUTERMOST = -1;
    private static final int TYPE = 12;
    private static final int TAG = 4;
    private static final int MOST_TAGS = 4;
    private static final int CUSTOMER_TAG = 0x8100;
    private static final int SERVICE_TAG = 0x88a8;
    private static final int IPV4_HEADER = 20;
    private static final int IPV4_DESTINATION = 16;
    private static final int SCTP_HEADER = 12;
    private static final int MORE_FRAGMENTS_AND_OFFSET = 0x3fff;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int DESTINATION = 60;
    private static final int MOST_EXTENSIONS = 8;
    private static final int IPV6_SOURCE = 8;
    private static final int IPV6_DESTINATION = 24;
    private static final int IPV6_ADDRESS = 16;

    /** Four tunnels in one another. */
    private static final int MOST_OUTER = 8;

    /** Odd, and without a pattern: 2^64 over the golden ratio. */
    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final Encapsulation encapsulation = new Encapsulation();
    private final int[] outerKinds = new int[MOST_OUTER];
    private final int[] outerAts = new int[MOST_OUTER];
    private final int[] outerDestinations = new int[MOST_OUTER];
    private int outer;

    private int network;
    private int transport;
    private int payload;
    private int networkEnd;
    private int protocol;
    private int destination;
    private boolean ipv6;

    /**
     * Looks into no tunnel.
     *
     * @param offset of the frame
     * @param length of the frame
     * @return false for anything but an unfragmented TCP segment or UDP datagram, whole headers
     */
    boolean parse(ByteBuffer bytes, int offset, int length) {
        return parse(bytes, offset, length, OUTERMOST);
    }

    /**
     * Looks into tunnels, as deep as it is told.
     *
     * @param offset of the frame
     * @param length of the frame
     * @param wanted where TCP's, UDP's or SCTP's header is said to begin
     * @return false where what stands there is no such header, or what stands before is not known
     *     to lead there
     */
    boolean parse(ByteBuffer bytes, int offset, int length, int wanted) {
        int end = offset + length;
        int at = offset;
        int type = ETHERNET;
        outer = 0;
        while (parseNetwork(bytes, type, at, end)) {
            if (wanted == OUTERMOST || transport == wanted) {
                return parseTransport(bytes, end, wanted);
            }
            if (transport > wanted
                    || outer + 2 > MOST_OUTER
                    || !encapsulation.open(bytes, protocol, transport, end)) {
                return false;
            }
            push(ipv6 ? IN_IPV6 : IN_IPV4, network);
            if (protocol == UDP || protocol == GRE) {
                push(protocol, transport);
            }
            type = encapsulation.type();
            at = encapsulation.at();
        }
        return false;
    }

    private void push(int kind, int at) {
        outerKinds[outer] = kind;
        outerAts[outer] = at;
        outerDestinations[outer] = destination;
        outer++;
    }

    /**
     * After {@link #parse}: whether the datagram may be another's tunnel, and the whole frame one
     * packet within. Forgets what was found.
     */
    boolean mayHideAnother(ByteBuffer bytes, int offset, int length) {
        int end = offset + length;
        return encapsulation.open(bytes, protocol, transport, end)
                && parseNetwork(bytes, encapsulation.type(), encapsulation.at(), end)
                && networkEnd == end;
    }

    /**
     * @param type of what begins there: {@link #ETHERNET}, {@link #IPV4} or {@link #IPV6}
     */
    private boolean parseNetwork(ByteBuffer bytes, int type, int from, int end) {
        int at = from;
        int found = type;
        if (type == ETHERNET) {
            at += TYPE;
            found = type(bytes, at, end);
            for (int tags = 0; isTag(found) && tags < MOST_TAGS; tags++) {
                at += TAG;
                found = type(bytes, at, end);
            }
            at += Short.BYTES;
        }
        network = at;
        return switch (found) {
            case IPV4 -> parseIpv4(bytes, end);
            case IPV6 -> parseIpv6(bytes, end);
            default -> false;
        };
    }

    private static int type(ByteBuffer bytes, int at, int end) {
        return at + Short.BYTES > end ? 0 : bytes.getShort(at) & 0xffff;
    }

    private static boolean isTag(int type) {
        return type == CUSTOMER_TAG || type == SERVICE_TAG;
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
        destination = network + IPV4_DESTINATION;
        return size >= IPV4_HEADER && transport <= end && fragment == 0;
    }

    private boolean parseIpv6(ByteBuffer bytes, int end) {
        if (network + IPV6_HEADER > end || (bytes.get(network) & 0xf0) != 0x60) {
            return false;
        }
        ipv6 = true;
        destination = network + IPV6_DESTINATION;
        int next = bytes.get(network + 6) & 0xff;
        int at = network + IPV6_HEADER;
        networkEnd = at + (bytes.getShort(network + PAYLOAD_LENGTH) & 0xffff);
        for (int i = 0; next == HOP_BY_HOP || next == ROUTING || next == DESTINATION; i++) {
            // RFC 8200, 4.3 and later: next header, length in units of 8 octets less the first.
            if (i == MOST_EXTENSIONS || at + Long.BYTES > end) {
                return false;
            }
            int behind = at + ((bytes.get(at + 1) & 0xff) + 1) * Long.BYTES;
            if (next == ROUTING && !parseRouting(bytes, at, behind, end)) {
                return false;
            }
            next = bytes.get(at) & 0xff;
            at = behind;
        }
        transport = at;
        protocol = next;
        return at <= end;
    }

    /** TCP's and UDP's checksums know the last destination (RFC 8200, 8.1), which may be here. */
    private boolean parseRouting(ByteBuffer bytes, int at, int behind, int end) {
        int segmentsLeft = bytes.get(at + 3) & 0xff;
        if (segmentsLeft == 0) {
            return true;
        }
        destination =
                switch (bytes.get(at + 2)) {
                    case 0 -> behind - IPV6_ADDRESS; // RFC 2460, 4.4
                    case 2, 4 -> at + Long.BYTES; // RFC 6275, 6.4; RFC 8754, 2
                    default -> end; // how that is to be read, is not known
                };
        return destination >= at + Long.BYTES
                && destination + IPV6_ADDRESS <= Math.min(behind, end);
    }

    private boolean parseTransport(ByteBuffer bytes, int end, int wanted) {
        switch (protocol) {
            case UDP -> payload = transport + UDP_HEADER;
            case SCTP -> payload = transport + SCTP_HEADER;
            case TCP -> {
                if (transport + TCP_HEADER > end) {
                    return false;
                }
                int size = (bytes.get(transport + DATA_OFFSET) >>> 4 & 0x0f) * Integer.BYTES;
                payload = transport + size;
                return size >= TCP_HEADER && payload <= end;
            }
            default -> {
                return false;
            }
        }
        return payload <= end && (protocol == UDP || wanted != OUTERMOST);
    }

    /** How many headers there are around the innermost IP header that have a length in them. */
    int outer() {
        return outer;
    }

    /** {@link #IN_IPV4}, {@link #IN_IPV6}, {@link #UDP} or {@link #GRE}; 0 is the outermost. */
    int outerKind(int index) {
        return outerKinds[index];
    }

    int outerAt(int index) {
        return outerAts[index];
    }

    /** Where the innermost IP header begins. */
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
        return protocol + addressSum(bytes, ipv6, network, destination);
    }

    /** The same for an outer UDP header, whose IP header stands before it in the list. */
    long outerPseudoSum(ByteBuffer bytes, int index) {
        int ip = index - 1;
        boolean isIpv6 = outerKinds[ip] == IN_IPV6;
        return UDP + addressSum(bytes, isIpv6, outerAts[ip], outerDestinations[ip]);
    }

    private static long addressSum(ByteBuffer bytes, boolean ipv6, int network, int destination) {
        return ipv6
                ? Checksum.sum(bytes, network + IPV6_SOURCE, IPV6_ADDRESS)
                        + Checksum.sum(bytes, destination, IPV6_ADDRESS)
                : Checksum.sum(bytes, network + 12, 8);
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

    /** Where TCP's or UDP's checksum stands. */
    int checksumAt() {
        return transport + (isTcp() ? TCP_CHECKSUM : UDP_CHECKSUM);
    }
}
