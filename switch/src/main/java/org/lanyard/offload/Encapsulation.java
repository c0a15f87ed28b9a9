package org.lanyard.offload;

import java.nio.ByteBuffer;

/**
 * What stands in the packets of a tunnel, by its structure and not by its port, for any port will
 * do: IP in IP (RFC 2003, 2473, 4213), GRE (RFC 2784, 2890), and over UDP VXLAN (RFC 7348), its
 * group policy and generic protocol extensions (drafts; include/net/vxlan.h), Geneve (RFC 8926) and
 * bare IP (net/ipv4/fou_core.c). No header can be taken for another kind's. One object, one thread,
 * reused.
 */
final class Encapsulation {
    // GRE: with a checksum, a key.
    static final int GRE_CHECKSUM = 0x8000;
    private static final int GRE_KEY = 0x2000;
    private static final int GRE_HEADER = 4;

    private static final int VXLAN = 0x0800_0000;
    private static final int VXLAN_HEADER = 8;
    private static final int POLICY = 0x8800_0000;

    /** Of a VXLAN header with a policy: flags, less those that say what becomes of it. */
    private static final int POLICY_FLAGS = 0xffb7_0000;

    private static final int GENERIC = 0x0c00_0000;
    private static final int GENERIC_FLAGS = 0xffff_ff00;

    private static final int GENEVE_HEADER = 8;
    private static final int GENEVE_VERSION_CONTROL_RESERVED = 0xc0bf_0000;
    private static final int GENEVE_OPTIONS = 0x3f;

    private int type;
    private int at;

    /**
     * @param protocol IP's number
     * @param from behind the IP header
     * @return false where nothing that is known can be within
     */
    boolean open(ByteBuffer bytes, int protocol, int from, int end) {
        at = from;
        return switch (protocol) {
            case Headers.IN_IPV4 -> is(Headers.IPV4);
            case Headers.IN_IPV6 -> is(Headers.IPV6);
            case Headers.GRE -> openGre(bytes, end);
            case Headers.UDP -> openUdp(bytes, end);
            default -> false;
        };
    }

    /** {@link Headers#ETHERNET}, {@link Headers#IPV4} or {@link Headers#IPV6}. */
    int type() {
        return type;
    }

    /** Where that begins; may be behind the frame. */
    int at() {
        return at;
    }

    private boolean is(int found) {
        type = found;
        return true;
    }

    /** One with numbers can't be cut up: the next ones are taken already. */
    private boolean openGre(ByteBuffer bytes, int end) {
        if (at + GRE_HEADER > end) {
            return false;
        }
        int flags = bytes.getShort(at) & 0xffff;
        int found = bytes.getShort(at + Short.BYTES) & 0xffff;
        at += GRE_HEADER;
        at += (flags & GRE_CHECKSUM) == 0 ? 0 : Integer.BYTES;
        at += (flags & GRE_KEY) == 0 ? 0 : Integer.BYTES;
        return (flags & ~(GRE_CHECKSUM | GRE_KEY)) == 0 && isKnown(found) && is(found);
    }

    private static boolean isKnown(int found) {
        return found == Headers.ETHERNET || found == Headers.IPV4 || found == Headers.IPV6;
    }

    private boolean openUdp(ByteBuffer bytes, int end) {
        at += Headers.UDP_HEADER;
        if (at + Long.BYTES > end) {
            return false;
        }
        int first = bytes.getInt(at);
        return switch (first >>> 28) {
            case 4 -> is(Headers.IPV4);
            case 6 -> is(Headers.IPV6);
            default -> openVxlan(first) || openGeneve(first);
        };
    }

    private boolean openVxlan(int first) {
        boolean isFrame = first == VXLAN || (first & POLICY_FLAGS) == POLICY;
        int found =
                switch (first & ~GENERIC_FLAGS) {
                    case 1 -> Headers.IPV4;
                    case 2 -> Headers.IPV6;
                    case 3 -> Headers.ETHERNET;
                    default -> 0;
                };
        boolean isOther = (first & GENERIC_FLAGS) == GENERIC && found != 0;
        if (isFrame || isOther) {
            at += VXLAN_HEADER;
            return is(isFrame ? Headers.ETHERNET : found);
        }
        return false;
    }

    private boolean openGeneve(int first) {
        int found = first & 0xffff;
        if ((first & GENEVE_VERSION_CONTROL_RESERVED) != 0 || !isKnown(found)) {
            return false;
        }
        at += GENEVE_HEADER + (first >>> 24 & GENEVE_OPTIONS) * Integer.BYTES;
        return is(found);
    }
}
