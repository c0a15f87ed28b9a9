package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How many descriptors this process may have open (RLIMIT_NOFILE). Any thread. */
public final class Descriptors {
    private static final int RLIMIT_NOFILE = 7;

    private Descriptors() {}

    /** What holds now, the soft limit: descriptors are numbers below this. */
    public static long limit() throws ErrnoException {
        try (Region limit = Region.allocate(2 * Long.BYTES)) {
            ErrnoException.check(
                    LibC.getrlimit(RLIMIT_NOFILE, limit.address()), "getrlimit RLIMIT_NOFILE");
            ByteBuffer bytes = limit.bytes().order(ByteOrder.nativeOrder());
            long soft = bytes.getLong(0);
            return soft < 0 ? Long.MAX_VALUE : soft; // RLIM_INFINITY is all ones
        }
    }

    /**
     * The number that the next descriptor would have: the kernel takes the lowest that is free
     * (open(2)), so all below it are taken.
     *
     * @param open any descriptor that is open
     * @return {@link Long#MAX_VALUE} where none is free
     */
    public static long lowestFree(int open) {
        int next = LibC.fcntl(open, LibC.F_DUPFD_CLOEXEC, 0);
        if (next < 0) {
            return Long.MAX_VALUE;
        }
        LibC.close(next);
        return next;
    }
}
