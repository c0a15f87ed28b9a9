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

    /** The kernel puts the lowest free number in (dev_alloc_name). */
    private static final String ANY_NAME = "tap%d";

    /** struct ifreq, and where its union begins, after the name. */
    static final int IFREQ_SIZE = 40;

    static final int IFREQ_FLAGS = 16;

    private final int fd;
    private final String name;
    private final int index;
    private final boolean created;

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
            attach(fd, name, existed);
            return settled(fd, name, !existed);
        } catch (IOException e) {
            LibC.close(fd);
            throw e;
        }
    }

    /**
     * Makes one under a name of the kernel's choice.
     *
     * @throws IOException naming what refused and the mend
     */
    static Tap make() throws IOException {
        int fd = openDriver();
        try {
            attach(fd, ANY_NAME, false);
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
     * @throws IOException when it is none, or has headers before its frames
     */
    static Tap adopt(int fd) throws IOException {
        try {
            String name = nameOf(fd);
            Fds.setNonBlocking(fd);
            return settled(fd, name, true);
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
            if (flags != (IFF_TAP | IFF_NO_PI)) {
                throw new IOException(text + " is no plain TAP");
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

    private static void attach(int fd, String name, boolean existed) throws IOException {
        try (Region ifreq = Region.allocate(IFREQ_SIZE)) {
            ByteBuffer bytes = ifreq.bytes().order(ByteOrder.nativeOrder());
            bytes.put(0, name.getBytes(StandardCharsets.US_ASCII));
            bytes.putShort(IFREQ_FLAGS, (short) (IFF_TAP | IFF_NO_PI));
            if (LibC.ioctl(fd, TUNSETIFF, ifreq.address()) < 0) {
                throw new IOException(attachRefused(name, existed, LibC.errno()));
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

    /** Whether the calling thread's network namespace has an interface of that name. */
    public static boolean exists(String name) {
        return LibC.if_nametoindex(name) != 0;
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

    /** Whether {@link #open} made the interface, so that closing removes it. */
    public boolean created() {
        return created;
    }

    @Override
    public void close() {
        LibC.close(fd);
    }
}
