package org.lanyard.tapio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One descriptor in a message of one byte between processes, by SCM_RIGHTS (unix(7), cmsg(3)), as
 * QEMU's net/tap.c and qemu-bridge-helper.c do it. Blocks as the socket does.
 */
public final class FdMessage {
    /** struct msghdr, struct iovec, one byte and what aligns it, CMSG_SPACE(sizeof(int)). */
    private static final int IOVEC = 56;

    private static final int PAYLOAD = IOVEC + 16;
    private static final int CONTROL = PAYLOAD + 8;
    private static final int CONTROL_SPACE = 24;
    private static final int CONTROL_LENGTH = 20;
    private static final int SIZE = CONTROL + CONTROL_SPACE;

    private FdMessage() {}

    /**
     * @param fd stays the caller's
     * @throws ErrnoException when the other end is gone, or its queue full
     */
    public static void send(int socket, int fd) throws ErrnoException {
        try (Region region = message()) {
            ByteBuffer bytes = region.bytes();
            bytes.putLong(CONTROL, CONTROL_LENGTH);
            bytes.putInt(CONTROL + 8, LibC.SOL_SOCKET);
            bytes.putInt(CONTROL + 12, LibC.SCM_RIGHTS);
            bytes.putInt(CONTROL + 16, fd);
            ErrnoException.check((int) LibC.sendmsg(socket, region.address(), 0), "sendmsg");
        }
    }

    /**
     * The descriptor, which closes on exec. There is room for one: what else the sender sent with
     * it, the kernel closes (net/core/scm.c, scm_detach_fds).
     *
     * @throws ErrnoException EAGAIN when the socket's time is over
     * @throws IOException when the other end sends none, or is gone
     */
    public static int receive(int socket) throws IOException {
        try (Region region = message()) {
            ByteBuffer bytes = region.bytes();
            bytes.putLong(40, CONTROL_LENGTH); // the padding would hold a second one
            long got;
            do {
                got = LibC.recvmsg(socket, region.address(), LibC.MSG_CMSG_CLOEXEC);
            } while (got < 0 && LibC.errno() == Errno.EINTR);
            ErrnoException.check((int) got, "recvmsg");
            boolean rights =
                    bytes.getLong(40) >= CONTROL_LENGTH
                            && bytes.getInt(CONTROL + 8) == LibC.SOL_SOCKET
                            && bytes.getInt(CONTROL + 12) == LibC.SCM_RIGHTS;
            if (!rights) {
                throw new IOException("the other end sent no descriptor");
            }
            return bytes.getInt(CONTROL + 16);
        }
    }

    private static Region message() {
        Region region = Region.allocate(SIZE);
        ByteBuffer bytes = region.bytes().order(ByteOrder.nativeOrder());
        bytes.putLong(16, region.address() + IOVEC).putLong(24, 1);
        bytes.putLong(32, region.address() + CONTROL).putLong(40, CONTROL_SPACE);
        bytes.putLong(IOVEC, region.address() + PAYLOAD).putLong(IOVEC + 8, 1);
        return region;
    }
}
