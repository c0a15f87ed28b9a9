package org.lanyard.tapio;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A TAP interface's file descriptor, non-blocking: one read is one frame of the host, one write is
 * one frame to it (Linux, Documentation/networking/tuntap.rst). An interface that this object made
 * goes when it is closed; one that existed stays.
 */
public final class Tap implements Closeable {
    /** IFNAMSIZ less its closing NUL. */
    public static final int MAX_NAME = 15;

    /** What the kernel's dev_valid_name takes, less '%', from which it would make a name. */
    private static final Pattern NAME = Pattern.compile("[!-~&&[^/:%]]{1," + MAX_NAME + "}");

    private static final String DEVICE = "/dev/net/tun";
    private static final int TUNSETIFF = 0x400454ca;
    private static final int TUNSETOFFLOAD = 0x400454d0;
    private static final int TUNGETIFF = 0x800454d2;
    private static final short IFF_TAP = 0x2;
    private static final short IFF_NO_PI = 0x1000;
    private static final short IFF_VNET_HDR = 0x4000;
    private static final int TUNSETVNETHDRSZ = 0x400454d8;
    private static final int SIOCGIFMTU = 0x8921;

    /** Bytes of {@code struct virtio_net_hdr} in front of each frame where there are headers. */
    public static final int VNET_HEADER = 10;

    // TUN_F_… of linux/if_tun.h. USO has been there since 6.2, both together or none.
    private static final int CHECKSUM = 0x01;
    private static final int TCP = 0x02 | 0x04 | 0x08;
    private static final int UDP = 0x20 | 0x40;

    /** The kernel puts the lowest free number in (dev_alloc_name). */
    private static final String ANY_NAME = "tap%d";

    /** struct ifreq, and where its union begins, after the name. */
    private static final int IFREQ_SIZE = 40;

    private static final int IFREQ_FLAGS = 16;

    private final int fd;
    private final String name;
    private final int index;
    private final boolean created;
    private boolean offloads;

    private Tap(int fd, String name, int index, boolean created) {
        this.fd = fd;
        this.name = name;
        this.index = index;
        this.created = created;
    }

    /**
     * Attaches to the TAP of that name, or makes it. Offloads are switched off on every attach:
     * their state survives the interface's last owner, and would deliver frames without checksums.
     *
     * @param name 1 to {@link #MAX_NAME} ASCII characters that an interface name may have
     * @throws IOException naming what refused and the mend
     */
    public static Tap open(String name) throws IOException {
        return open(name, false);
    }

    /**
     * The same with a {@code struct virtio_net_hdr} in front of each frame, which makes offloads
     * possible; see {@link #offload}.
     */
    public static Tap openWithHeaders(String name) throws IOException {
        return open(name, true);
    }

    private static Tap open(String name, boolean headers) throws IOException {
        if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
            throw new IOException(
                    "the TAP name '"
                            + name
                            + "' is not 1 to "
                            + MAX_NAME
                            + " ASCII characters other than '/', ':', '%' and space");
        }
        boolean existed = LibC.if_nametoindex(name) != 0;
        int fd = openDriver();
        try {
            attach(fd, name, existed, headers);
            return settled(fd, name, !existed);
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
        }
    }

    /**
     * Makes one with headers, under a name of the kernel's choice.
     *
     * @throws IOException naming what refused and the mend
     */
    static Tap make() throws IOException {
        int fd = openDriver();
        try {
            attach(fd, ANY_NAME, false, true);
            return settled(fd, nameOf(fd), true);
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
        }
    }

    /**
     * Takes over the descriptor of a TAP that another process made and handed to this one.
     *
     * @param fd which this closes if it throws
     * @throws IOException when it is none, or has no headers before its frames
     */
    static Tap adopt(int fd) throws IOException {
        try {
            String name = nameOf(fd);
            Fds.setNonBlocking(fd);
            setHeaderSize(fd, name);
            return settled(fd, name, true);
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
        }
    }

    /**
     * Takes a macvtap's descriptor, which does as a TAP's does (drivers/net/tap.c).
     *
     * @param fd non-blocking, which this closes if it throws
     * @throws IOException when it is another interface's
     */
    static Tap ofMacvtap(int fd, String name, boolean created) throws IOException {
        try {
            attach(fd, name, true, true);
            String found = nameOf(fd);
            if (!found.equals(name)) {
                throw new IOException("the device of " + name + " is that of " + found);
            }
            return settled(fd, name, created);
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
        }
    }

    private static Tap settled(int fd, String name, boolean created) throws ErrnoException {
        if (LibC.ioctl(fd, TUNSETOFFLOAD, 0) < 0) {
            throw ErrnoException.last("TUNSETOFFLOAD on " + name);
        }
        return new Tap(fd, name, LibC.if_nametoindex(name), created);
    }

    private static String nameOf(int fd) throws IOException {
        try (Region ifreq = Region.allocate(IFREQ_SIZE)) {
            if (LibC.ioctl(fd, TUNGETIFF, ifreq.address()) < 0) {
                throw ErrnoException.last("TUNGETIFF: fd " + fd + " is no TAP");
            }
            ByteBuffer bytes = ifreq.bytes().order(ByteOrder.nativeOrder());
            byte[] name = new byte[MAX_NAME];
            bytes.get(0, name);
            String text = new String(name, StandardCharsets.US_ASCII).replaceFirst("\0.*", "");
            int flags = bytes.getShort(IFREQ_FLAGS) & (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
            if (flags != (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR)) {
                throw new IOException(text + " is no TAP with vnet headers");
            }
            return text;
        }
    }

    /**
     * Opens the driver and lets go of it: whether this process may use TAPs that are its user's.
     *
     * @throws IOException naming what refused and the mend
     */
    public static void checkDriver() throws IOException {
        LibC.close(openDriver());
    }

    private static int openDriver() throws IOException {
        int fd = LibC.open(DEVICE, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0);
        if (fd < 0) {
            throw new IOException(openRefused(LibC.errno()));
        }
        return fd;
    }

    private static void attach(int fd, String name, boolean existed, boolean headers)
            throws IOException {
        try (Region ifreq = Region.allocate(IFREQ_SIZE)) {
            ByteBuffer bytes = ifreq.bytes().order(ByteOrder.nativeOrder());
            bytes.put(0, name.getBytes(StandardCharsets.US_ASCII));
            int flags = IFF_TAP | IFF_NO_PI | (headers ? IFF_VNET_HDR : 0);
            bytes.putShort(IFREQ_FLAGS, (short) flags);
            if (LibC.ioctl(fd, TUNSETIFF, ifreq.address()) < 0) {
                throw new IOException(attachRefused(name, existed, LibC.errno()));
            }
        }
        if (headers) {
            setHeaderSize(fd, name);
        }
    }

    /** The last owner of one that exists may have left another size. */
    private static void setHeaderSize(int fd, String name) throws ErrnoException {
        try (Region size = Region.allocate(Integer.BYTES)) {
            size.bytes().order(ByteOrder.nativeOrder()).putInt(0, VNET_HEADER);
            if (LibC.ioctl(fd, TUNSETVNETHDRSZ, size.address()) < 0) {
                throw ErrnoException.last("TUNSETVNETHDRSZ on " + name);
            }
        }
    }

    private static String openRefused(int errno) {
        String mend =
                switch (errno) {
                    case Errno.ENOENT, Errno.ENODEV -> "load the driver: modprobe tun";
                    case Errno.EACCES, Errno.EPERM ->
                            "let your user open it: chmod 0666 " + DEVICE + " (as root)";
                    default -> "see ls -l " + DEVICE;
                };
        return "open " + DEVICE + ": " + Errno.text(errno) + "; " + mend;
    }

    private static String attachRefused(String name, boolean existed, int errno) {
        String mend =
                switch (errno) {
                    case Errno.EBUSY -> "another process holds it; see: ip -d link show " + name;
                    case Errno.EPERM ->
                            existed
                                    ? "it belongs to another user; see: ip -d link show " + name
                                    : "making one needs CAP_NET_ADMIN; as root, once: ip tuntap add"
                                            + " dev "
                                            + name
                                            + " mode tap user $USER";
                    case Errno.EINVAL ->
                            "an interface of that name exists and is no plain TAP; see: ip -d link"
                                    + " show "
                                    + name;
                    default -> "see: ip -d link show " + name;
                };
        return "attach to TAP " + name + ": " + Errno.text(errno) + "; " + mend;
    }

    /**
     * Lets the kernel leave checksums undone and hand out whole pieces of a flow, up to 64 KiB, for
     * what it says of them in the headers: as much of TCP, and of UDP where that is wanted, as it
     * can.
     *
     * @throws IOException when not even checksums can be left to us
     */
    public void offload(boolean udp) throws IOException {
        if ((!udp || LibC.ioctl(fd, TUNSETOFFLOAD, CHECKSUM | TCP | UDP) < 0)
                && LibC.ioctl(fd, TUNSETOFFLOAD, CHECKSUM | TCP) < 0) {
            throw ErrnoException.last("TUNSETOFFLOAD on " + name);
        }
        offloads = true;
    }

    /** Whether {@link #offload} was asked for. */
    public boolean offloads() {
        return offloads;
    }

    /** Whether it has an interface still; a macvtap's reads and writes do not tell. */
    public boolean isAttached() {
        try (Region ifreq = Region.allocate(IFREQ_SIZE)) {
            return LibC.ioctl(fd, TUNGETIFF, ifreq.address()) == 0;
        }
    }

    public int fd() {
        return fd;
    }

    public String name() {
        return name;
    }

    /** The kernel's interface index, in the namespace where the TAP was opened. */
    public int index() {
        return index;
    }

    /** In bytes, as the interface has it now. */
    public int mtu() throws ErrnoException {
        return mtu(name);
    }

    /** By ioctl, for /sys may show another network namespace than this thread's. */
    static int mtu(String name) throws ErrnoException {
        String what = "ask for the MTU of " + name;
        int socket =
                ErrnoException.check(
                        LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0), what);
        try (Region ifreq = Region.allocate(IFREQ_SIZE)) {
            ByteBuffer bytes = ifreq.bytes().order(ByteOrder.nativeOrder());
            bytes.put(0, name.getBytes(StandardCharsets.US_ASCII));
            ErrnoException.check(LibC.ioctl(socket, SIOCGIFMTU, ifreq.address()), what);
            return bytes.getInt(IFREQ_FLAGS);
        } finally {
            LibC.close(socket);
        }
    }

    /** Whether the interface was made for this, and is to go with it. */
    public boolean created() {
        return created;
    }

    @Override
    public void close() {
        // One that stays is left as a program without headers wants it.
        LibC.ioctl(fd, TUNSETOFFLOAD, 0);
        LibC.close(fd);
    }
}
