package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A level-triggered epoll set (epoll(7)), owned by one thread: it alone changes the set, awaits and
 * reads the events. Nothing here allocates after the constructor.
 */
public final class Epoll implements AutoCloseable {
    public static final int IN = 0x1;
    public static final int OUT = 0x4;
    public static final int ERR = 0x8;
    public static final int HUP = 0x10;

    private static final int CTL_ADD = 1;
    private static final int CTL_DEL = 2;
    private static final int CTL_MOD = 3;
    private static final int EPOLL_CLOEXEC = LibC.O_CLOEXEC;

    // struct epoll_event is packed on x86-64 only (EPOLL_PACKED in <sys/epoll.h>).
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int DATA_OFFSET = PACKED ? 4 : 8;

    private final int fd;
    private final int maxEvents;

    /** Where the struct for epoll_ctl stands, behind those that await fills. */
    private final int change;

    private final Region region;
    private final ByteBuffer events;

    /**
     * @param maxEvents events taken by one {@link #await}, at least 1
     */
    public Epoll(int maxEvents) throws ErrnoException {
        this.fd = ErrnoException.check(LibC.epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
        this.maxEvents = maxEvents;
        this.change = maxEvents * EVENT_SIZE;
        this.region = Region.allocate(change + EVENT_SIZE);
        this.events = region.bytes().duplicate().order(ByteOrder.nativeOrder());
    }

    /** Watches an fd; {@code token} comes back with each of its events. */
    public void add(int watched, int interest, long token) throws ErrnoException {
        ErrnoException.check(control(CTL_ADD, watched, interest, token), "epoll_ctl add");
    }

    public void modify(int watched, int interest, long token) throws ErrnoException {
        ErrnoException.check(control(CTL_MOD, watched, interest, token), "epoll_ctl mod");
    }

    /** Forgets an fd; call it before the fd is closed. */
    public void remove(int watched) throws ErrnoException {
        ErrnoException.check(control(CTL_DEL, watched, 0, 0), "epoll_ctl del");
    }

    private int control(int operation, int watched, int interest, long token) {
        events.putInt(change, interest);
        events.putLong(change + DATA_OFFSET, token);
        return LibC.epoll_ctl(fd, operation, watched, region.address() + change);
    }

    /**
     * Sleeps until something is ready.
     *
     * @param timeoutMillis -1 for no limit, 0 for no sleep
     * @return events ready, 0 after the timeout or a signal
     */
    public int await(int timeoutMillis) {
        int ready = LibC.epoll_wait(fd, region.address(), maxEvents, timeoutMillis);
        if (ready < 0) {
            int errno = LibC.errno();
            if (errno == Errno.EINTR) {
                return 0;
            }
            throw new IllegalStateException("epoll_wait: " + Errno.text(errno));
        }
        return ready;
    }

    /** The token of the last await's event {@code i}. */
    public long token(int i) {
        return events.getLong(i * EVENT_SIZE + DATA_OFFSET);
    }

    /** The bits ({@link #IN}, {@link #OUT}, {@link #ERR}, {@link #HUP}) of event {@code i}. */
    public int events(int i) {
        return events.getInt(i * EVENT_SIZE);
    }

    @Override
    public void close() {
        LibC.close(fd);
        region.close();
    }
}
