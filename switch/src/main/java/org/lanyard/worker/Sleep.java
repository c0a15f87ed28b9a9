package org.lanyard.worker;

import java.util.function.BooleanSupplier;
import org.lanyard.tapio.Doorbell;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.ErrnoException;

/**
 * Where a worker sleeps, and how it is woken: by a descriptor that is ready, or by another thread's
 * {@link #wake}. The doorbell is rung only for a sleeper, and the sleeper looks for what was handed
 * in once more after it has said that it sleeps, so no wake-up is lost.
 */
final class Sleep implements AutoCloseable {
    /** The token of the doorbell's events; those of descriptors are others. */
    static final int DOORBELL = 0;

    private static final int EVENTS_PER_TURN = 256;

    private final Doorbell doorbell = new Doorbell();
    private final Epoll epoll = new Epoll(EVENTS_PER_TURN);
    private final Epoll bell = new Epoll(1);
    private boolean deaf;
    private boolean worked;
    private volatile boolean asleep;

    Sleep() throws ErrnoException {
        epoll.add(doorbell.fd(), Epoll.IN, DOORBELL);
        bell.add(doorbell.fd(), Epoll.IN, DOORBELL);
    }

    void watch(int fd, int token) throws ErrnoException {
        epoll.add(fd, Epoll.IN, token);
    }

    void change(int fd, int token, boolean forRoom) throws ErrnoException {
        epoll.modify(fd, forRoom ? Epoll.IN | Epoll.OUT : Epoll.IN, token);
    }

    void unwatch(int fd) throws ErrnoException {
        epoll.remove(fd);
    }

    /** Any thread: what was handed to this worker is to be seen soon. */
    void wake() {
        if (asleep) {
            doorbell.ring();
        }
    }

    /**
     * Sleeps until something is ready. After a turn with work it lets others run once and looks
     * again first: who sends in a stream need not wake us for each frame then, and we find several.
     *
     * @param doorbellOnly while nothing can be read, for epoll would tell of the readable ports
     *     again and again
     * @param called whether something was handed in, asked after saying that we sleep
     * @param timeoutMillis -1 for no limit
     * @return how many events there are
     */
    int await(boolean doorbellOnly, BooleanSupplier called, int timeoutMillis) {
        deaf = doorbellOnly;
        asleep = true;
        int timeout = called.getAsBoolean() ? 0 : timeoutMillis;
        int ready = 0;
        if (deaf) {
            ready = bell.await(timeout);
        } else {
            if (worked && timeout != 0) {
                Thread.yield();
                ready = epoll.await(0);
            }
            if (ready == 0) {
                ready = epoll.await(timeout);
            }
            worked = ready > 0;
        }
        asleep = false;
        return ready;
    }

    /** The token of event {@code i}; the doorbell is silenced where it is its. */
    int token(int i) {
        int token = deaf ? DOORBELL : (int) epoll.token(i);
        if (token == DOORBELL) {
            doorbell.silence();
        }
        return token;
    }

    /** Epoll's bits of event {@code i}, which is a descriptor's. */
    int events(int i) {
        return epoll.events(i);
    }

    @Override
    public void close() {
        epoll.close();
        bell.close();
        doorbell.close();
    }
}
