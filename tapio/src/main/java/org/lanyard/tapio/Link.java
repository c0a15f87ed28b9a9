package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An interface of the calling thread's network namespace as rtnetlink(7) tells of it. Looking needs
 * no capability.
 *
 * @param kind such as "macvtap" or "bridge"; empty for a device
 * @param alias what somebody called it, or empty
 * @param mac 48 bits, 0 where it has none
 * @param flags IFF_… of netdevice(7)
 * @param parent the index of the interface below it, 0 for none
 * @param master the index of the bridge that it is in, 0 for none
 * @param mode a macvtap's, as the kernel counts them
 */
public record Link(
        int index,
        String name,
        String kind,
        String alias,
        long mac,
        int flags,
        int parent,
        int master,
        int mode) {
    private static final int RTM_GETLINK = 18;
    private static final int NLM_F_DUMP = 0x300;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int IFINFOMSG = 16;
    static final short IFLA_IFNAME = 3;
    static final short IFLA_LINK = 5;
    static final short IFLA_LINKINFO = 18;
    private static final short IFLA_EXT_MASK = 29;
    private static final int SKIP_STATISTICS = 8;
    static final short INFO_KIND = 1;
    static final short INFO_DATA = 2;
    static final short MACVLAN_MODE = 1;

    /** NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
    private static final int TYPE_MASK = 0x3fff;

    private static final int IFF_UP = 0x1;
    private static final int IFF_RUNNING = 0x40;
    private static final int IFF_ALLMULTI = 0x200;

    /** What the kernel gives at most in one piece. */
    private static final int ANSWER = 64 << 10;

    /** Empty when there is none. */
    public static Optional<Link> at(int index) throws ErrnoException {
        return index == 0 ? Optional.empty() : ask(index).stream().findFirst();
    }

    /** Empty when there is none. */
    public static Optional<Link> named(String name) throws ErrnoException {
        return at(LibC.if_nametoindex(name));
    }

    /** All of the namespace. */
    public static List<Link> all() throws ErrnoException {
        return ask(0);
    }

    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    /** Up, and so is what it goes through. */
    public boolean isRunning() {
        return (flags & IFF_RUNNING) != 0;
    }

    public boolean takesAllMulticasts() {
        return (flags & IFF_ALLMULTI) != 0;
    }

    private static List<Link> ask(int index) throws ErrnoException {
        String what = "ask for interfaces";
        ByteBuffer request = RtNetlink.message(RTM_GETLINK, index == 0 ? NLM_F_DUMP : 0);
        RtNetlink.linkHeader(request, index, 0);
        RtNetlink.attribute(request, IFLA_EXT_MASK, RtNetlink.number(SKIP_STATISTICS));
        int length = request.position();
        request.putInt(0, length);
        int type = LibC.SOCK_RAW | LibC.SOCK_CLOEXEC;
        int fd = ErrnoException.check(LibC.socket(LibC.AF_NETLINK, type, 0), what);
        try (Region region = Region.allocate(ANSWER)) {
            region.bytes().put(0, request.array(), 0, length);
            ErrnoException.check((int) LibC.write(fd, region.address(), length), what);
            List<Link> links = new ArrayList<>();
            boolean more = true;
            while (more) {
                int count = (int) LibC.read(fd, region.address(), ANSWER);
                ErrnoException.check(count, what);
                byte[] answer = new byte[count];
                region.bytes().get(0, answer);
                ByteBuffer bytes = ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
                more = take(bytes, links, what) && index == 0;
            }
            return links;
        } finally {
            LibC.close(fd);
        }
    }

    /** Returns whether more is to come. */
    private static boolean take(ByteBuffer answer, List<Link> links, String what)
            throws ErrnoException {
        for (int at = 0; at + RtNetlink.HEADER <= answer.limit(); ) {
            int length = answer.getInt(at);
            short type = answer.getShort(at + 4);
            if (type == NLMSG_DONE) {
                return false;
            }
            if (type == NLMSG_ERROR) {
                int error = -answer.getInt(at + RtNetlink.HEADER);
                if (error == 0 || error == Errno.ENODEV) {
                    return false;
                }
                throw new ErrnoException(what, error);
            }
            if (type == RtNetlink.RTM_NEWLINK) {
                links.add(read(answer.slice(at, length).order(ByteOrder.nativeOrder())));
            }
            at += aligned(length);
        }
        return true;
    }

    private static int aligned(int length) {
        return (Math.max(length, 4) + 3) & ~3;
    }

    /** Whether the calling thread's network namespace has an interface of that name. */
    public static boolean exists(String name) {
        return LibC.if_nametoindex(name) != 0;
    }

    private static Link read(ByteBuffer message) {
        int header = RtNetlink.HEADER;
        ByteBuffer attributes =
                message.slice(header + IFINFOMSG, message.limit() - header - IFINFOMSG)
                        .order(ByteOrder.nativeOrder());
        ByteBuffer info = find(attributes, IFLA_LINKINFO);
        return new Link(
                message.getInt(header + 4),
                text(find(attributes, IFLA_IFNAME)),
                text(find(info, INFO_KIND)),
                text(find(attributes, RtNetlink.IFLA_ALIAS)),
                mac(find(attributes, RtNetlink.IFLA_ADDRESS)),
                message.getInt(header + 8),
                number(find(attributes, IFLA_LINK)),
                number(find(attributes, RtNetlink.IFLA_MASTER)),
                number(find(find(info, INFO_DATA), MACVLAN_MODE)));
    }

    /** The value of the first attribute of that type; empty when there is none. */
    private static ByteBuffer find(ByteBuffer attributes, short type) {
        for (int at = 0; at + 4 <= attributes.limit(); ) {
            int length = Short.toUnsignedInt(attributes.getShort(at));
            if ((attributes.getShort(at + 2) & TYPE_MASK) == type) {
                return attributes.slice(at + 4, length - 4).order(ByteOrder.nativeOrder());
            }
            at += aligned(length);
        }
        return ByteBuffer.allocate(0);
    }

    private static String text(ByteBuffer value) {
        String text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
        return text.replaceFirst("\0.*", "");
    }

    private static int number(ByteBuffer value) {
        return value.limit() < Integer.BYTES ? 0 : value.getInt(0);
    }

    private static long mac(ByteBuffer value) {
        long mac = 0;
        for (int i = 0; value.limit() == 6 && i < 6; i++) {
            mac = mac << 8 | value.get(i) & 0xff;
        }
        return mac;
    }
}
