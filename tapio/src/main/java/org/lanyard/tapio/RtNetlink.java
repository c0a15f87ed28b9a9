package org.lanyard.tapio;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Sets an interface's MTU, state and addresses in the calling thread's network namespace, by
 * rtnetlink(7). Each call is one request and its acknowledgement.
 */
public final class RtNetlink {
    static final int RTM_NEWLINK = 16;
    private static final int RTM_DELLINK = 17;
    private static final int RTM_NEWADDR = 20;
    private static final int NLM_F_REQUEST = 0x1;
    private static final int NLM_F_ACK = 0x4;
    private static final int NLM_F_CREATE_OR_REPLACE = 0x400 | 0x100;
    private static final int IFF_UP = 1;
    private static final int IFF_ALLMULTI = 0x200;
    static final short IFLA_ADDRESS = 1;
    private static final short IFLA_MTU = 4;
    static final short IFLA_MASTER = 10;
    static final short IFLA_ALIAS = 20;
    private static final short IFA_ADDRESS = 1;
    private static final short IFA_LOCAL = 2;
    private static final short IFA_BROADCAST = 4;
    private static final byte IFA_F_NODAD = 2;
    static final int HEADER = 16;
    private static final int ERROR_OFFSET = HEADER;

    /** An alias of 255 bytes, and what else there is to say of a link. */
    private static final int LARGEST_REQUEST = 1024;

    private RtNetlink() {}

    /**
     * @param mtu in bytes, without the Ethernet header
     */
    public static void setMtu(int interfaceIndex, int mtu) throws ErrnoException {
        ByteBuffer message = message(RTM_NEWLINK, 0);
        linkHeader(message, interfaceIndex, 0);
        attribute(message, IFLA_MTU, number(mtu));
        send(message, "set MTU " + mtu);
    }

    /**
     * @param mac 6 bytes
     */
    public static void setMac(int interfaceIndex, byte[] mac) throws ErrnoException {
        ByteBuffer message = message(RTM_NEWLINK, 0);
        linkHeader(message, interfaceIndex, 0);
        attribute(message, IFLA_ADDRESS, mac);
        send(message, "set MAC address");
    }

    /** Puts the interface into a bridge. */
    public static void setMaster(int interfaceIndex, int bridgeIndex) throws ErrnoException {
        ByteBuffer message = message(RTM_NEWLINK, 0);
        linkHeader(message, interfaceIndex, 0);
        attribute(message, IFLA_MASTER, number(bridgeIndex));
        send(message, "put interface into bridge");
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, value).array();
    }

    public static void setUp(int interfaceIndex) throws ErrnoException {
        ByteBuffer message = message(RTM_NEWLINK, 0);
        linkHeader(message, interfaceIndex, IFF_UP);
        send(message, "set interface up");
    }

    /** Up, and taking every multicast. */
    static void setUpForAllMulticasts(int interfaceIndex) throws ErrnoException {
        ByteBuffer message = message(RTM_NEWLINK, 0);
        linkHeader(message, interfaceIndex, IFF_UP | IFF_ALLMULTI);
        send(message, "set interface up");
    }

    /**
     * @param alias a text for people and programs, at most 255 bytes
     */
    static void setAlias(int interfaceIndex, String alias) throws ErrnoException {
        ByteBuffer message = message(RTM_NEWLINK, 0);
        linkHeader(message, interfaceIndex, 0);
        attribute(message, IFLA_ALIAS, alias.getBytes(StandardCharsets.UTF_8));
        send(message, "set alias");
    }

    static void delete(int interfaceIndex) throws ErrnoException {
        ByteBuffer message = message(RTM_DELLINK, 0);
        linkHeader(message, interfaceIndex, 0);
        send(message, "delete interface");
    }

    /** Adds the address, or finds it there already. IPv6 skips duplicate address detection. */
    public static void addAddress(int interfaceIndex, InetAddress address, int prefixLength)
            throws ErrnoException {
        boolean four = address instanceof Inet4Address;
        ByteBuffer message = message(RTM_NEWADDR, NLM_F_CREATE_OR_REPLACE);
        message.put((byte) (four ? LibC.AF_INET : LibC.AF_INET6))
                .put((byte) prefixLength)
                .put(four ? 0 : IFA_F_NODAD)
                .put((byte) 0)
                .putInt(interfaceIndex);
        byte[] bytes = address.getAddress();
        attribute(message, IFA_LOCAL, bytes);
        attribute(message, IFA_ADDRESS, bytes);
        if (four && prefixLength < 31) {
            attribute(message, IFA_BROADCAST, broadcast(bytes, prefixLength));
        }
        send(message, "add address " + address.getHostAddress() + "/" + prefixLength);
    }

    private static byte[] broadcast(byte[] address, int prefixLength) {
        int host = (int) (0xffff_ffffL >>> prefixLength);
        int value = ByteBuffer.wrap(address).getInt() | host;
        return ByteBuffer.allocate(4).putInt(0, value).array();
    }

    static ByteBuffer message(int type, int flags) {
        ByteBuffer message = ByteBuffer.allocate(LARGEST_REQUEST).order(ByteOrder.nativeOrder());
        return message.putInt(0)
                .putShort((short) type)
                .putShort((short) (NLM_F_REQUEST | NLM_F_ACK | flags))
                .putInt(1)
                .putInt(0);
    }

    /** struct ifinfomsg. */
    static void linkHeader(ByteBuffer message, int interfaceIndex, int flags) {
        message.putInt(0).putInt(interfaceIndex).putInt(flags).putInt(flags);
    }

    /** struct rtattr and its value, padded to a multiple of 4 bytes (RTA_ALIGN). */
    static void attribute(ByteBuffer message, short type, byte[] value) {
        message.putShort((short) (4 + value.length)).putShort(type).put(value);
        message.put(new byte[-value.length & 3]);
    }

    /** Opens an attribute that has others in it, until {@link #close}. */
    static int open(ByteBuffer message, short type) {
        int at = message.position();
        message.putShort((short) 0).putShort(type);
        return at;
    }

    static void close(ByteBuffer message, int opened) {
        message.putShort(opened, (short) (message.position() - opened));
    }

    static void send(ByteBuffer message, String what) throws ErrnoException {
        int length = message.position();
        message.putInt(0, length);
        int fd =
                ErrnoException.check(
                        LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, 0), what);
        try (Region region = Region.allocate(4096)) {
            region.bytes().put(0, message.array(), 0, length);
            ErrnoException.check((int) LibC.write(fd, region.address(), length), what);
            ErrnoException.check((int) LibC.read(fd, region.address(), region.size()), what);
            int error = region.bytes().order(ByteOrder.nativeOrder()).getInt(ERROR_OFFSET);
            if (error != 0) {
                throw new ErrnoException(what, -error);
            }
        } finally {
            LibC.close(fd);
        }
    }
}
