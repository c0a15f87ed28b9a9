package org.lanyard.tapio;

import java.nio.ByteOrder;

/**
 * An eventfd that wakes a thread out of its {@link Epoll#await}. Any thread rings; the sleeper
 * silences it after it woke.
 */
public final class Doorbell implements AutoCloseable {
    private final int fd;
    private final Region one;
    private final Region sink;

    public Doorbell() throws ErrnoException {
        fd = ErrnoException.check(LibC.eventfd(0, LibC.O_NONBLOCK | LibC.O_CLOEXEC), "eventfd");
        one = Region.allocate(Long.BYTES);
        one.bytes().order(ByteOrder.nativeOrder()).putLong(0, 1);
        sink = Region.allocate(Long.BYTES);
    }

    public int fd() {
        return fd;
    }

    /** One system call; callers ring only for a sleeper. */
    public void ring() {
        LibC.write(fd, one.address(), Long.BYTES);
    }

    public void silence() {
        LibC.read(fd, sink.address(), Long.BYTES);
    }

    @Override
    public void close() {
        LibC.close(fd);
        one.close();
        sink.close();
    }
}
