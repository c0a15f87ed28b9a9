package org.lanyard.slirp;

import com.sun.jna.Callback;
import com.sun.jna.Native;
import com.sun.jna.Structure;

/**
 * libslirp's functions (libslirp.h), by JNA direct mapping. Nothing in it is thread-safe: one
 * thread calls everything, and is called back within its calls. IPv4 addresses, which C passes as
 * structures of four bytes in network order, are numbers here with these bytes.
 */
final class LibSlirp {
    /** The name that its ABI has had since 4.0; libslirp.so is for whoever compiles. */
    static final String FILE = "libslirp.so.0";

    /**
     * The version of {@link Config} that every libslirp since 4.1 understands. Later ones add
     * nothing that is used here.
     */
    static final int CONFIG_VERSION = 1;

    static final int POLL_IN = 1;
    static final int POLL_OUT = 2;
    static final int POLL_PRI = 4;
    static final int POLL_ERR = 8;
    static final int POLL_HUP = 16;

    static {
        Native.register(LibSlirp.class, FILE);
    }

    private LibSlirp() {}

    static native long slirp_new(Config config, long callbacks, long opaque);

    static native void slirp_pollfds_fill(long slirp, long timeout, long addPoll, long opaque);

    static native void slirp_pollfds_poll(long slirp, int error, long getEvents, long opaque);

    static native void slirp_input(long slirp, long frame, int length);

    static native int slirp_add_hostfwd(
            long slirp, int udp, int host, int hostPort, int guest, int guestPort);

    static native int slirp_remove_hostfwd(long slirp, int udp, int host, int hostPort);

    static native String slirp_version_string();

    /** SlirpWriteCb: a frame for the guests. */
    interface SendPacket extends Callback {
        long invoke(long frame, long length, long opaque);
    }

    interface GuestError extends Callback {
        void invoke(long message, long opaque);
    }

    /** In nanoseconds. */
    interface Clock extends Callback {
        long invoke(long opaque);
    }

    interface NewTimer extends Callback {
        long invoke(long function, long argument, long opaque);
    }

    interface FreeTimer extends Callback {
        void invoke(long timer, long opaque);
    }

    /** In milliseconds of {@link Clock}. */
    interface SetTimer extends Callback {
        void invoke(long timer, long at, long opaque);
    }

    interface Descriptor extends Callback {
        void invoke(int fd, long opaque);
    }

    interface Notify extends Callback {
        void invoke(long opaque);
    }

    interface AddPoll extends Callback {
        int invoke(int fd, int events, long opaque);
    }

    interface GetEvents extends Callback {
        int invoke(int index, long opaque);
    }

    /** SlirpConfig of version 1. Addresses of IPv6 are four ints for their alignment. */
    @Structure.FieldOrder({
        "version",
        "restricted",
        "inEnabled",
        "network",
        "netmask",
        "host",
        "in6Enabled",
        "prefix6",
        "prefixLength6",
        "host6",
        "hostname",
        "tftpServerName",
        "tftpPath",
        "bootfile",
        "dhcpStart",
        "nameserver",
        "nameserver6",
        "dnsSearch",
        "domainName",
        "mtu",
        "mru",
        "disableHostLoopback",
        "enableEmulation",
        "laterVersions"
    })
    public static final class Config extends Structure {
        public int version = CONFIG_VERSION;
        public int restricted;
        public byte inEnabled;
        public int network;
        public int netmask;
        public int host;
        public byte in6Enabled;
        public int[] prefix6 = new int[4];
        public byte prefixLength6;
        public int[] host6 = new int[4];
        public String hostname;
        public String tftpServerName;
        public String tftpPath;
        public String bootfile;
        public int dhcpStart;
        public int nameserver;
        public int[] nameserver6 = new int[4];
        public long dnsSearch;
        public String domainName;
        public long mtu;
        public long mru;
        public byte disableHostLoopback;
        public byte enableEmulation;

        /** Zeros, should a library look further than the version says. */
        public long[] laterVersions = new long[8];
    }
}
