package org.lanyard.slirp;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import org.lanyard.tapio.OwnAddress;

/**
 * Finds frames by which guests would reach each other through what is forwarded (hairpinning, RFC
 * 4787): to the host, by whichever of its addresses, at a port that a forward listens at. The
 * library would connect to the forward like anybody else.
 *
 * <p>A forward listens on IPv4 alone; IPv6 leads to it by addresses that contain one of IPv4 (RFC
 * 4291, 2.5.5.2), which nobody has on a wire. The ports are in the first fragment of a datagram, if
 * that is longer than they are. One thread.
 */
final class Hairpin {
    private static final int LOOPBACK = 0x7f00_0001;
    private static final int ETHERNET = 14;
    private static final int IP4 = 0x0800;
    private static final int IP6 = 0x86dd;
    private static final int IP6_HEADER = 40;
    private static final int DNS_PORT = 53;
    private static final int BOOTP = 67;
    private static final int TFTP = 69;

    /** Up to the ports behind the longest header of IPv4, or behind that of IPv6. */
    private static final int MOST = ETHERNET + 60 + 4;

    private final int network;
    private final int mask;
    private final int host;
    private final int dns;
    private boolean allowed = true;
    private Collection<HostForward> forwards = List.of();

    Hairpin(UserNetwork network) {
        this.network = Ip4.number(network.network());
        this.mask = Ip4.mask(network.prefixLength());
        this.host = Ip4.number(network.host());
        this.dns = Ip4.number(network.dns());
    }

    /** Whether guests may. */
    void allow(boolean now) {
        allowed = now;
    }

    /** From now on there are these. */
    void forwards(Collection<HostForward> now) {
        forwards = List.copyOf(now);
    }

    /** Whether a guest's frame must not reach the library. */
    boolean refuses(long address, int length) {
        return !allowed
                && !forwards.isEmpty()
                && refuses(new Pointer(address).getByteArray(0, Math.min(MOST, length)));
    }

    boolean refuses(byte[] start) {
        ByteBuffer frame = ByteBuffer.wrap(start);
        if (start.length < ETHERNET + 20) {
            return false; // the library reads none that is so short
        }
        int type = frame.getShort(12) & 0xffff;
        if (type == IP6) {
            int to = ETHERNET + 24;
            return start.length >= ETHERNET + IP6_HEADER
                    && frame.getLong(to) == 0
                    && frame.getInt(to + 8) == 0xffff;
        }
        int protocol = frame.get(ETHERNET + 9);
        boolean isFirst = (frame.getShort(ETHERNET + 6) & 0x1fff) == 0;
        if (type != IP4 || protocol != Headers.TCP && protocol != Headers.UDP || !isFirst) {
            return false;
        }
        int header = 4 * (frame.get(ETHERNET) & 0xf);
        int ip = ETHERNET + header;
        int said = frame.getShort(ETHERNET + 2) & 0xffff;
        if (start.length < ip + 4 || said < header + 4) {
            return true; // ports in two pieces
        }
        int to = frame.getInt(ETHERNET + 16);
        int port = frame.getShort(ip + 2) & 0xffff;
        boolean isUdp = protocol == Headers.UDP;
        if (isUdp && to == host && (port == BOOTP || port == TFTP)) {
            return false; // the library's own
        }
        for (HostForward forward : forwards) {
            if (forward.udp() == isUdp
                    && forward.hostPort() == port
                    && leadsTo(to, port, forward)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what the library makes of the destination is where that forward listens. */
    private boolean leadsTo(int to, int port, HostForward forward) {
        boolean isAlias = (to & mask) == network;
        if (isAlias && to == dns) {
            return port != DNS_PORT; // the host's name server has any address
        }
        int place = isAlias || to >>> 24 == 0 ? LOOPBACK : to;
        int listens = forward.host().map(Ip4::number).orElse(0);
        return listens == 0
                ? place >>> 24 == LOOPBACK >>> 24 || OwnAddress.isOwn(place)
                : listens == place;
    }

    /** Loads what it needs, for that can't be read once the process is confined. */
    static void warmUp() {
        Hairpin hairpin =
                new Hairpin(
                        UserNetwork.of(UserNetwork.DEFAULT_NETWORK, UserNetwork.DEFAULT_PREFIX));
        hairpin.allow(false);
        hairpin.forwards(List.of(HostForward.parse("tcp::1-:1")));
        byte[] frame = new byte[MOST];
        ByteBuffer.wrap(frame).putShort(12, (short) IP4).put(ETHERNET, (byte) 0x45);
        ByteBuffer.wrap(frame).putShort(ETHERNET + 2, (short) 64).put(ETHERNET + 9, (byte) 6);
        ByteBuffer.wrap(frame).putInt(ETHERNET + 16, 0xc000_0201).putShort(36, (short) 1);
        hairpin.refuses(frame);
    }
}
