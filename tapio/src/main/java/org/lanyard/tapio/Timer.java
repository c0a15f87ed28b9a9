package org.lanyard.tapio;

import java.nio.ByteOrder;

/**
 * A timer whose descriptor becomes readable when it is over (timerfd_create(2)), to be watched by
 * an {@link Epoll}, whose own limit is in milliseconds. One thread.
 */
public final class Timer implements AutoCloseable {
    private static final int CLOCK_MONOTONIC = 1;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Of struct itimerspec: an interval, that is not used here, and a value. */
    private static final int VALUE_SECONDS = 2 * Long.BYTES;

    private static final int VALUE_NANOS = 3 * Long.BYTES;

    private final int fd;
    private final Region time = Region.allocate(4 * Long.BYTES);
    private final Region sink = Region.allocate(Long.BYTES);

    public Timer() throws ErrnoException {
        fd =
                ErrnoException.check(
                        LibC.timerfd_create(CLOCK_MONOTONIC, LibC.O_NONBLOCK | LibC.O_CLOEXEC),
                        "timerfd_create");
        time.bytes().order(ByteOrder.nativeOrder());
    }

    public int fd() {
        return fd;
    }

    /**
     * Ends after this time, in place of when it would have ended; one system call.
     *
     * @param nanos from now, at least 1
     */
    public void set(long nanos) {
        time.bytes()
                .putLong(VALUE_SECONDS, nanos / NANOS_PER_SECOND)
                .putLong(VALUE_NANOS, nanos % NANOS_PER_SECOND);
        LibC.timerfd_settime(fd, 0, time.address(), 0);
    }

    /** After it ended: its descriptor is not readable until it ends again. */
    public void silence() {
        LibC.read(fd, sink.address(), Long.BYTES);
    }

    @Override
    public void close() {
        LibC.close(fd);
        time.close();
        sink.close();
    }
}
