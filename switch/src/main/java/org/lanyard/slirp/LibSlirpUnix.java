package org.lanyard.slirp;

import com.sun.jna.Native;

/** What libslirp has since 4.2; asked for only where it is needed. As {@link LibSlirp}. */
final class LibSlirpUnix {
    /** The function that older ones lack. */
    static final String FIRST = "slirp_add_unix";

    static {
        Native.register(LibSlirpUnix.class, LibSlirp.FILE);
    }

    private LibSlirpUnix() {}

    /**
     * @param path where it connects for each of the guests' connections
     * @param server the address of a struct in_addr
     */
    static native int slirp_add_unix(long slirp, String path, long server, int port);
}
