package org.lanyard.port;

import com.sun.jna.Native;
import org.lanyard.tapio.Errno;

/** Connected unix sockets that keep the limits of messages (SOCK_SEQPACKET), not blocking. */
final class MessageSockets {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET_NONBLOCK = 5 | 0x800;

    static {
        Native.register(MessageSockets.class, "c");
    }

    private MessageSockets() {}

    private static native int socketpair(int domain, int type, int protocol, int[] ends);

    static int[] open() {
        int[] ends = new int[2];
        if (socketpair(AF_UNIX, SOCK_SEQPACKET_NONBLOCK, 0, ends) < 0) {
            throw new IllegalStateException("socketpair: " + Errno.text(Native.getLastError()));
        }
        return ends;
    }
}
