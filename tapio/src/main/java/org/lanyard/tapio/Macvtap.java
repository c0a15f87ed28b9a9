package org.lanyard.tapio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * An interface on top of another, by which a {@link Tap} is on the other's network (Linux,
 * drivers/net/macvlan.c and tap.c). Unlike a TAP it stays when its descriptor is closed, it may be
 * opened by several, and its descriptor does not tell that it was deleted: see {@link
 * Tap#isAttached}.
 *
 * <p>From its network it is given broadcasts, frames to its own address, multicasts if the
 * interface takes all ({@link Link#takesAllMulticasts}), and only in mode {@link Mode#PASSTHRU}
 * frames to other addresses, promiscuous or not. What it sends may have any source. It never
 * reaches the host on the interface below.
 */
public final class Macvtap {
    /** What it shares the interface below with (linux/if_link.h, enum macvlan_mode). */
    public enum Mode {
        /** Others on the same interface are reached directly. */
        BRIDGE(4),
        /** All goes out; a switch out there may send it back. */
        VEPA(2),
        /** Others on the same interface are not reached. */
        PRIVATE(1),
        /** It has the interface for itself, with every frame that comes in. */
        PASSTHRU(8);

        private final int number;

        Mode(int number) {
            this.number = number;
        }

        /** For example {@code "bridge"}. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** A macvtap's. */
        public static Mode of(Link macvtap) {
            return Arrays.stream(values())
                    .filter(mode -> mode.number == macvtap.mode())
                    .findFirst()
                    .orElse(PRIVATE); // "source", which we never make, lets least in
        }
    }

    private static final String KIND = "macvtap";
    private static final int NLM_F_CREATE_EXCLUSIVELY = 0x400 | 0x200;
    private static final short IFLA_AF_SPEC = 26;
    private static final short ADDR_GEN_MODE = 8;
    private static final byte NO_ADDRESS = 1;

    /** After which udev has given a new device to its owner. */
    private static final int TRIES = 20;

    private static final int PAUSE_NANOS = 50_000_000;

    private Macvtap() {}

    /**
     * Makes one, which is down until it is opened.
     *
     * @param parent the interface below
     * @param mac of six bytes; the kernel's choice if empty, the parent's in mode passthru
     * @param alias by which it is known again
     * @throws IOException naming what refused and the mend; nothing is left then
     */
    public static Link make(String parent, String name, Mode mode, OptionalLong mac, String alias)
            throws IOException {
        int below = checkParent(parent);
        ByteBuffer message = RtNetlink.message(RtNetlink.RTM_NEWLINK, NLM_F_CREATE_EXCLUSIVELY);
        RtNetlink.linkHeader(message, 0, 0);
        RtNetlink.attribute(message, Link.IFLA_IFNAME, text(name));
        RtNetlink.attribute(message, Link.IFLA_LINK, RtNetlink.number(below));
        if (mac.isPresent()) {
            byte[] address = new byte[6];
            ByteBuffer.allocate(8).putLong(0, mac.getAsLong()).get(2, address);
            RtNetlink.attribute(message, RtNetlink.IFLA_ADDRESS, address);
        }
        int info = RtNetlink.open(message, Link.IFLA_LINKINFO);
        RtNetlink.attribute(message, Link.INFO_KIND, text(KIND));
        int data = RtNetlink.open(message, Link.INFO_DATA);
        RtNetlink.attribute(message, Link.MACVLAN_MODE, RtNetlink.number(mode.number));
        RtNetlink.close(message, data);
        RtNetlink.close(message, info);
        try {
            RtNetlink.send(message, "make a macvtap on " + parent);
        } catch (ErrnoException e) {
            throw new IOException(e.getMessage() + "; " + mend(e.errno(), parent, name, mode), e);
        }
        int index = LibC.if_nametoindex(name);
        try {
            RtNetlink.setAlias(index, alias);
            keepTheHostSilent(index);
            return Link.at(index)
                    .orElseThrow(() -> new IOException(name + " was deleted as it was made"));
        } catch (IOException e) {
            RtNetlink.delete(index);
            throw e;
        }
    }

    /**
     * Whether there is an interface to make one on; its index.
     *
     * @throws IOException naming it, when there is none
     */
    public static int checkParent(String parent) throws IOException {
        int below = LibC.if_nametoindex(parent);
        if (below == 0) {
            throw new IOException("there is no interface '" + parent + "'; see: ip link");
        }
        return below;
    }

    private static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** It would take an IPv6 address of its own, in a guest's name. */
    private static void keepTheHostSilent(int index) {
        ByteBuffer message = RtNetlink.message(RtNetlink.RTM_NEWLINK, 0);
        RtNetlink.linkHeader(message, index, 0);
        int families = RtNetlink.open(message, IFLA_AF_SPEC);
        int six = RtNetlink.open(message, (short) LibC.AF_INET6);
        RtNetlink.attribute(message, ADDR_GEN_MODE, new byte[] {NO_ADDRESS});
        RtNetlink.close(message, six);
        RtNetlink.close(message, families);
        try {
            RtNetlink.send(message, "switch IPv6 off");
        } catch (ErrnoException e) {
            // There is no IPv6 here.
        }
    }

    private static String mend(int errno, String parent, String name, Mode mode) {
        String others = "see: ip -d link";
        return switch (errno) {
            case Errno.EPERM -> "that needs CAP_NET_ADMIN; as root, once: " + toMakeOne(parent);
            case Errno.EOPNOTSUPP -> "load the driver: modprobe macvtap";
            case Errno.EEXIST -> name + " is there already; see: ip -d link show " + name;
            case Errno.EBUSY -> parent + " is in a bridge or a bond already; " + others;
            case Errno.EADDRINUSE -> "another on it has that address; " + others;
            case Errno.EINVAL ->
                    mode == Mode.PASSTHRU
                            ? "passthru takes an Ethernet card for itself, and others are on it, or"
                                    + " it is none; "
                                    + others
                            : "another is passed through on it, or it is no Ethernet card; "
                                    + others;
            default -> others;
        };
    }

    /** What root says to make one for $USER that serves all guests. */
    public static String toMakeOne(String parent) {
        return "ip link add link "
                + parent
                + " name macvtap0 type macvtap mode passthru; ip link set macvtap0 up allmulticast"
                + " on; chown $USER /dev/tap$(cat /sys/class/net/macvtap0/ifindex)";
    }

    /**
     * Opens one that somebody made, and leaves it as it is.
     *
     * @param own a directory where a device may be made that /dev lacks
     * @throws IOException naming what refused and the mend
     */
    public static Tap open(String name, Path own) throws IOException {
        Link link =
                Link.named(name)
                        .orElseThrow(
                                () ->
                                        new IOException(
                                                "there is no such interface; as root, once: "
                                                        + toMakeOne("eth0")
                                                                .replace("macvtap0", name)));
        if (!link.kind().equals(KIND)) {
            throw new IOException("it is no macvtap; see: ip -d link show " + name);
        }
        return open(link, node(link, own), false);
    }

    /**
     * Opens one that {@link #make} made, and sets it up.
     *
     * @param own a directory where a device may be made that /dev lacks
     * @param patient whether to sleep, up to a second, until udev has given it to this user
     * @throws AccessDeniedException when it is not this user's yet, naming the mend
     * @throws IOException naming what refused and the mend
     */
    public static Tap open(Link made, Path own, boolean patient) throws IOException {
        Tap tap = open(made, node(made, own), patient ? TRIES : 0);
        try {
            RtNetlink.setUpForAllMulticasts(made.index());
            return tap;
        } catch (ErrnoException e) {
            tap.close();
            String why =
                    e.errno() == Errno.EADDRINUSE ? "; another on its parent has its address" : "";
            throw new IOException(e.getMessage() + why, e);
        }
    }

    private static MacvtapNode node(Link link, Path own) {
        return new MacvtapNode(link, Path.of("/sys"), Path.of("/dev"), own);
    }

    private static Tap open(Link link, MacvtapNode node, int tries) throws IOException {
        for (int left = tries; ; left--) {
            try {
                return open(link, node, true);
            } catch (AccessDeniedException e) {
                if (left == 0) {
                    throw e;
                }
            }
            try (Nap nap = new Nap(PAUSE_NANOS)) {
                nap.take();
            }
        }
    }

    /** One queue more would take a share of the frames away from whoever has it. */
    static Tap open(Link link, MacvtapNode node, boolean created) throws IOException {
        int fd = node.open();
        if (LibC.flock(fd, LibC.LOCK_EX | LibC.LOCK_NB) < 0) {
            LibC.close(fd);
            throw new IOException("another switch has it");
        }
        return Tap.ofMacvtap(fd, link.name(), created);
    }

    /** Those whose alias begins so. */
    public static List<Link> called(String alias) throws ErrnoException {
        return Link.all().stream()
                .filter(link -> link.kind().equals(KIND) && link.alias().startsWith(alias))
                .toList();
    }

    /** Whether it is there still, with its alias. */
    public static boolean isThere(Link made) throws ErrnoException {
        return Link.at(made.index()).filter(l -> l.alias().equals(made.alias())).isPresent();
    }

    /**
     * Removes one, unless it is gone or was given another alias.
     *
     * @throws IOException when that is refused
     */
    public static void remove(Link made) throws IOException {
        if (isThere(made)) {
            RtNetlink.delete(made.index());
        }
    }
}
