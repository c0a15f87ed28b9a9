package org.lanyard.tapio;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A network card's file descriptor, non-blocking: all frames that come in by an Ethernet interface,
 * and a way out by it (packet(7); net/packet/af_packet.c). The host goes on using the interface as
 * before. What the host sends is not seen, nor what is for its own MAC address alone; so guests and
 * this host do not reach each other, as with macvlan.
 *
 * <p>Each frame has a {@code struct virtio_net_hdr} of {@link Tap#VNET_HEADER} bytes in front, both
 * ways, and may be a whole piece of a flow. {@link PacketMessage} reads it.
 *
 * <p>The interface is promiscuous as long as the descriptor is open, also when its owner is killed.
 */
public final class PacketSocket implements Closeable {
    /** How the interface is. */
    public enum Link {
        UP,
        /** No cable, or nobody at its other end. */
        NO_CARRIER,
        /** The administrator has put it down. */
        DOWN,
        /** Deleted, renamed, or moved to another network namespace: it is to be opened again. */
        GONE
    }

    // linux/if_packet.h
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_AUXDATA = 8;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final short PACKET_MR_PROMISC = 1;
    private static final short ETH_P_ALL = 0x0003;

    // linux/if_arp.h
    private static final int ARPHRD_ETHER = 1;
    private static final int ARPHRD_LOOPBACK = 772;

    private static final int SIOCGIFINDEX = 0x8933;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int IFF_UP = 0x1;
    private static final int IFF_RUNNING = 0x40;

    /** struct ifreq, and where its union begins, after the name. */
    private static final int IFREQ_SIZE = 40;

    private static final int IFREQ_UNION = 16;

    /** struct sockaddr_ll, and where its interface's kind of hardware stands. */
    private static final int ADDRESS_SIZE = 20;

    private static final int HARDWARE = 8;

    /** For a few milliseconds of a fast card's frames; the kernel counts twice as much. */
    private static final int RECEIVE_BUFFER = 4 << 20;

    /**
     * Less than an interface's own queue usually takes, even of the shortest frames, so that the
     * socket is full before it: then one can wait for room.
     */
    private static final int SEND_BUFFER = 384 << 10;

    /** linux/filter.h: lets all pass but what skb->pkt_type says is for this host (0). */
    private static final long[] NOT_FOR_THE_HOST = {
        instruction(0x20, 0, 0, 0xffff_f004), // ld [SKF_AD_OFF + SKF_AD_PKTTYPE]
        instruction(0x15, 0, 1, 0), // jeq PACKET_HOST
        instruction(0x06, 0, 0, 0), // ret 0
        instruction(0x06, 0, 0, -1), // ret all
    };

    private final int fd;
    private final int index;
    private final String name;

    private PacketSocket(int fd, int index, String name) {
        this.fd = fd;
        this.index = index;
        this.name = name;
    }

    /** struct sock_filter. */
    private static long instruction(int code, int jumpTrue, int jumpFalse, int operand) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort((short) code)
                .put((byte) jumpTrue)
                .put((byte) jumpFalse)
                .putInt(operand)
                .getLong(0);
    }

    /**
     * Opens an interface, which may be down.
     *
     * @throws IOException naming what refused and the mend
     */
    public static PacketSocket open(String name) throws IOException {
        int index = LibC.if_nametoindex(name);
        if (index == 0) {
            throw new IOException(
                    "there is no interface '" + name + "'; see those that are: ip -brief link");
        }
        // Without a protocol it gets no frame before it is bound: none of another interface.
        int type = LibC.SOCK_RAW | LibC.SOCK_CLOEXEC | LibC.SOCK_NONBLOCK;
        int fd = LibC.socket(LibC.AF_PACKET, type, 0);
        if (fd < 0) {
            throw new IOException(refused(name, LibC.errno()));
        }
        try {
            setUp(fd, name, index);
            return new PacketSocket(fd, index, name);
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
        }
    }

    private static String refused(String name, int errno) {
        String mend =
                switch (errno) {
                    case Errno.EPERM ->
                            "it needs CAP_NET_RAW: run this as root, or by systemd with"
                                    + " AmbientCapabilities=CAP_NET_RAW";
                    case Errno.EAFNOSUPPORT ->
                            "packet sockets are forbidden here; in a systemd unit:"
                                    + " RestrictAddressFamilies=AF_PACKET";
                    default -> "see: man 7 packet";
                };
        return "open interface " + name + ": " + Errno.text(errno) + "; " + mend;
    }

    private static void setUp(int fd, String name, int index) throws IOException {
        set(fd, PACKET_IGNORE_OUTGOING, "PACKET_IGNORE_OUTGOING (Linux 4.20 has it)");
        set(fd, PACKET_AUXDATA, "PACKET_AUXDATA");
        set(fd, PACKET_VNET_HDR, "PACKET_VNET_HDR");
        Fds.setOption(fd, LibC.SOL_SOCKET, LibC.SO_RXQ_OVFL, 1, "SO_RXQ_OVFL");
        setBuffers(fd);
        filter(fd);
        try (Region address = Region.allocate(2 * ADDRESS_SIZE)) {
            ByteBuffer bytes = address.bytes().order(ByteOrder.nativeOrder());
            bytes.putShort(0, (short) LibC.AF_PACKET);
            bytes.order(ByteOrder.BIG_ENDIAN).putShort(2, ETH_P_ALL);
            bytes.order(ByteOrder.nativeOrder()).putInt(4, index);
            String what = "bind to interface " + name;
            ErrnoException.check(LibC.bind(fd, address.address(), ADDRESS_SIZE), what);
            bytes.putInt(ADDRESS_SIZE, ADDRESS_SIZE);
            long length = address.address() + ADDRESS_SIZE;
            ErrnoException.check(LibC.getsockname(fd, address.address(), length), what);
            checkHardware(name, bytes.getShort(HARDWARE) & 0xffff);
        }
        beAllEars(fd, name, index);
    }

    private static void set(int fd, int option, String what) throws ErrnoException {
        Fds.setOption(fd, LibC.SOL_PACKET, option, 1, what);
    }

    /** More than net.core.rmem_max is for those with CAP_NET_ADMIN. */
    private static void setBuffers(int fd) throws ErrnoException {
        try {
            Fds.setOption(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, RECEIVE_BUFFER, "");
        } catch (ErrnoException e) {
            Fds.setOption(fd, LibC.SOL_SOCKET, LibC.SO_RCVBUF, RECEIVE_BUFFER, "SO_RCVBUF");
        }
        Fds.setOption(fd, LibC.SOL_SOCKET, LibC.SO_SNDBUF, SEND_BUFFER, "SO_SNDBUF");
    }

    /** struct sock_fprog, and behind it the program. */
    private static void filter(int fd) throws ErrnoException {
        int head = 2 * Long.BYTES;
        try (Region program = Region.allocate(head + NOT_FOR_THE_HOST.length * Long.BYTES)) {
            ByteBuffer bytes = program.bytes().order(ByteOrder.nativeOrder());
            bytes.putShort(0, (short) NOT_FOR_THE_HOST.length);
            bytes.putLong(Long.BYTES, program.address() + head);
            for (int i = 0; i < NOT_FOR_THE_HOST.length; i++) {
                bytes.putLong(head + i * Long.BYTES, NOT_FOR_THE_HOST[i]);
            }
            ErrnoException.check(
                    LibC.setsockopt(
                            fd, LibC.SOL_SOCKET, LibC.SO_ATTACH_FILTER, program.address(), head),
                    "setsockopt SO_ATTACH_FILTER");
        }
    }

    private static void checkHardware(String name, int hardware) throws IOException {
        if (hardware == ARPHRD_LOOPBACK) {
            throw new IOException(
                    "'" + name + "' is the loopback, which leads nowhere; name a network card");
        }
        if (hardware != ARPHRD_ETHER) {
            throw new IOException(
                    "'" + name + "' carries no Ethernet frames; see: ip -d link show " + name);
        }
    }

    /** struct packet_mreq. */
    private static void beAllEars(int fd, String name, int index) throws ErrnoException {
        try (Region membership = Region.allocate(16)) {
            ByteBuffer bytes = membership.bytes().order(ByteOrder.nativeOrder());
            bytes.putInt(0, index).putShort(4, PACKET_MR_PROMISC);
            ErrnoException.check(
                    LibC.setsockopt(
                            fd,
                            LibC.SOL_PACKET,
                            PACKET_ADD_MEMBERSHIP,
                            membership.address(),
                            membership.size()),
                    "make interface " + name + " promiscuous");
        }
    }

    public int fd() {
        return fd;
    }

    /** How the interface is now. */
    public Link link() {
        try {
            int flags = ask(SIOCGIFFLAGS) & 0xffff;
            if ((flags & IFF_UP) == 0) {
                return Link.DOWN;
            }
            return (flags & IFF_RUNNING) == 0 ? Link.NO_CARRIER : Link.UP;
        } catch (IOException e) {
            return Link.GONE;
        }
    }

    /**
     * In bytes, as the interface has it now.
     *
     * @throws IOException when it is gone
     */
    public int mtu() throws IOException {
        return ask(SIOCGIFMTU);
    }

    /** Of the interface that it was opened by, if that has the name still, or another one too. */
    private int ask(int what) throws IOException {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        try (Region ifreq = Region.allocate(IFREQ_SIZE)) {
            ByteBuffer bytes = ifreq.bytes().order(ByteOrder.nativeOrder());
            bytes.put(0, text);
            ErrnoException.check(LibC.ioctl(fd, SIOCGIFINDEX, ifreq.address()), "find " + name);
            if (bytes.getInt(IFREQ_UNION) != index) {
                throw new IOException("another interface is called " + name + " now");
            }
            ErrnoException.check(LibC.ioctl(fd, what, ifreq.address()), "ioctl " + what);
            return bytes.getInt(IFREQ_UNION);
        }
    }

    @Override
    public void close() {
        LibC.close(fd);
    }
}
