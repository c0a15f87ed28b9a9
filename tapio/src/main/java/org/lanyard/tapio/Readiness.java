package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How one descriptor is now, by poll(2) and ioctl(2), without waiting. Any thread. */
public final class Readiness {
    private static final int IN = 0x1;
    private static final int ERR = 0x8;
    private static final int HUP = 0x10;
    private static final int RDHUP = 0x2000;

    /** struct pollfd: the descriptor, what is asked, what is answered. */
    private static final int SIZE = 8;

    private static final long FIONREAD = 0x541b;

    private static final int ASKED = 4;
    private static final int ANSWERED = 6;

    private Readiness() {}

    /** Whether there is something to read, or to accept. */
    public static boolean canRead(int fd) {
        return (poll(fd, IN) & IN) != 0;
    }

    /** Whether the other end of a connection has closed it and left nothing to read. */
    public static boolean isOver(int fd) {
        return (poll(fd, RDHUP) & (RDHUP | HUP | ERR)) != 0 && unread(fd) == 0;
    }

    /** In bytes. */
    private static int unread(int fd) {
        try (Region region = Region.allocate(Integer.BYTES)) {
            return LibC.ioctl(fd, FIONREAD, region.address()) < 0
                    ? 0
                    : region.bytes().duplicate().order(ByteOrder.nativeOrder()).getInt(0);
        }
    }

    private static int poll(int fd, int events) {
        try (Region region = Region.allocate(SIZE)) {
            ByteBuffer entry = region.bytes().duplicate().order(ByteOrder.nativeOrder());
            entry.putInt(0, fd);
            entry.putShort(ASKED, (short) events);
            return LibC.poll(region.address(), 1, 0) > 0 ? entry.getShort(ANSWERED) : 0;
        }
    }
}
