package org.lanyard.slirp;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A guest's frame as far as it says which flow it belongs to: Ethernet, IPv4 (RFC 791) or IPv6 (RFC
 * 8200) without extension headers, and the ports. What is cut short or of another kind opens
 * nothing.
 */
final class Headers {
    static final int TCP = 6;
    static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int ICMP6 = 58;
    private static final int NONE = -1;

    private static final int MOST = 128;
    private static final int SOURCE = 6;
    private static final int ETHERNET = 14;
    private static final int IP4_HEADER = 20;
    private static final int IP6_HEADER = 40;
    private static final int TCP_HEADER = 20;
    private static final int ECHO = 8;
    private static final int ECHO6 = 128;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int ACK = 16;
    private static final int BOOTP = 67;
    private static final int TFTP = 69;

    private final ByteBuffer bytes;
    private final boolean six;
    private final int protocol;

    /** Where the transport's header starts. */
    private final int transport;

    private Headers(byte[] start) {
        bytes = ByteBuffer.wrap(start);
        int type = start.length < ETHERNET + IP4_HEADER ? NONE : bytes.getShort(12) & 0xffff;
        six = type == 0x86dd;
        int found = NONE;
        int at = ETHERNET + IP6_HEADER;
        if (six && start.length >= at) {
            found = bytes.get(ETHERNET + 6) & 0xff;
        } else if (type == 0x0800) {
            boolean first = (bytes.getShort(ETHERNET + 6) & 0x1fff) == 0;
            at = ETHERNET + 4 * (bytes.get(ETHERNET) & 0xf);
            found = first ? bytes.get(ETHERNET + 9) & 0xff : NONE;
        }
        transport = at;
        boolean whole = start.length >= at + (found == TCP ? TCP_HEADER : 8);
        protocol = whole && at >= ETHERNET + IP4_HEADER ? found : NONE;
    }

    static Headers of(long address, int length) {
        return new Headers(new Pointer(address).getByteArray(0, Math.min(MOST, length)));
    }

    /** Whether there is a source to read at all. */
    boolean hasSource() {
        return bytes.capacity() >= ETHERNET;
    }

    /** 48 bits. */
    long source() {
        return bytes.getLong(SOURCE) >>> 16;
    }

    boolean isTcp() {
        return protocol == TCP;
    }

    /** Whether it may let the library open a socket, of a flow that is not known. */
    boolean opens() {
        return switch (protocol) {
            case TCP -> (bytes.get(transport + 13) & (SYN | ACK)) == SYN;
            case UDP -> destination() != BOOTP && destination() != TFTP;
            case ICMP -> bytes.get(transport) == ECHO;
            case ICMP6 -> (bytes.get(transport) & 0xff) == ECHO6;
            default -> false;
        };
    }

    /** Whether it goes to one of these IPv4 addresses. */
    boolean isTo(int one, int other) {
        int to = six || protocol == NONE ? 0 : bytes.getInt(ETHERNET + 16);
        return to != 0 && (to == one || to == other);
    }

    boolean isUdp() {
        return protocol == UDP;
    }

    private int destination() {
        return bytes.getShort(transport + 2) & 0xffff;
    }

    /** The guest's address and port: libslirp has one socket for each with UDP. */
    long sender() {
        int length = six ? 16 : 4;
        long hash = bytes.getShort(transport) & 0xffff;
        int from = ETHERNET + (six ? 8 : 12);
        for (int i = 0; i < length; i += 4) {
            hash = hash * 0x9e37_79b9_7f4a_7c15L + (bytes.getInt(from + i) & 0xffff_ffffL);
        }
        return hash;
    }

    /**
     * A frame that ends the TCP flow which this one began: libslirp closes at a reset whose number
     * is not above its window (RFC 793; tcp_input.c keeps on processing one that is below).
     *
     * @param ahead bytes that the guest is taken to have sent
     */
    byte[] reset(int ahead) {
        byte[] frame = Arrays.copyOf(bytes.array(), transport + TCP_HEADER);
        ByteBuffer reset = ByteBuffer.wrap(frame);
        reset.putInt(transport + 4, bytes.getInt(transport + 4) + 1 + ahead)
                .putInt(transport + 8, 0);
        reset.put(transport + 12, (byte) (TCP_HEADER / 4 << 4)).put(transport + 13, (byte) RST);
        reset.putShort(transport + 14, (short) 0).putInt(transport + 16, 0);
        if (six) {
            reset.putShort(ETHERNET + 4, (short) TCP_HEADER);
        } else {
            reset.putShort(ETHERNET + 2, (short) (transport - ETHERNET + TCP_HEADER));
            reset.putShort(ETHERNET + 10, (short) 0);
            reset.putShort(ETHERNET + 10, checksum(sum(reset, ETHERNET, transport)));
        }
        int addresses = sum(reset, ETHERNET + (six ? 8 : 12), ETHERNET + (six ? 40 : 20));
        int all = addresses + TCP + TCP_HEADER + sum(reset, transport, transport + TCP_HEADER);
        reset.putShort(transport + 16, checksum(all));
        return frame;
    }

    /** RFC 1071, of an even number of bytes. */
    private static int sum(ByteBuffer bytes, int from, int to) {
        int sum = 0;
        for (int at = from; at < to; at += 2) {
            sum += bytes.getShort(at) & 0xffff;
        }
        return sum;
    }

    private static short checksum(int sum) {
        int folded = (sum & 0xffff) + (sum >>> 16);
        return (short) ~((folded & 0xffff) + (folded >>> 16));
    }
}
