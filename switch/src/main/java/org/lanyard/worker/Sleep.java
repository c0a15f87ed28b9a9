package org.lanyard.worker;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.lanyard.tapio.Doorbell;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.Nap;
import org.lanyard.tapio.Sleeper;
import org.lanyard.tapio.Timer;

/**
 * Where a worker sleeps, and how it is woken: by a descriptor that is ready, or by another thread's
 * {@link #sleeper}. The doorbell is rung only for a thread that has said that it sleeps.
 */
final class Sleep implements AutoCloseable {
    /** The token of what only wakes: those of descriptors are others. */
    static final int NOBODY = 0;

    private static final int DOORBELL = -1;
    private static final int TIMER = -2;

    private static final int EVENTS_PER_TURN = 256;

    /** A question, its answer and a retry are fewer. */
    private static final int STREAM_FRAMES = 4;

    /** A guest's socket holds 208 KiB (net.core.wmem_default), with the kernel's own overhead. */
    private static final int FULL_BYTES = 64 << 10;

    static final int NO_NAP = 0;
    static final int SHORT_NAP = 15_000;
    static final int LONG_NAP = 40_000;

    /** Who sends to another has an answer sooner than this, however busy the cores are. */
    private static final long ALONE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Doorbell doorbell = new Doorbell();
    private final Sleeper sleeper = new Sleeper(doorbell::ring);
    private final Timer timer = new Timer();
    private boolean timed;
    private long timedFor;
    private final Epoll epoll = new Epoll(EVENTS_PER_TURN);
    private final Epoll bell = new Epoll(1);
    private boolean deaf;
    private final Nap shortNap = new Nap(SHORT_NAP);
    private final Nap longNap = new Nap(LONG_NAP);
    private boolean worked;
    private int frames;
    private long bytes;
    private int source = -1;
    private long sourceSince;
    private long now;

    Sleep() throws ErrnoException {
        epoll.add(doorbell.fd(), Epoll.IN, DOORBELL);
        bell.add(doorbell.fd(), Epoll.IN, DOORBELL);
        epoll.add(timer.fd(), Epoll.IN, TIMER);
    }

    /**
     * Before a sleep that hears all: it is to end when something is due.
     *
     * @param due of the clock's nanoseconds
     * @param nanoTime of the same clock, earlier
     */
    void until(long due, long nanoTime) {
        if (!timed || timedFor != due) {
            timed = true;
            timedFor = due;
            timer.set(due - nanoTime);
        }
    }

    void watch(int fd, int token) throws ErrnoException {
        epoll.add(fd, Epoll.IN, token);
    }

    void change(int fd, int token, boolean forFrames, boolean forRoom) throws ErrnoException {
        int wanted = (forFrames ? Epoll.IN : 0) | (forRoom ? Epoll.OUT : 0);
        epoll.modify(fd, wanted, token);
    }

    void unwatch(int fd) throws ErrnoException {
        epoll.remove(fd);
    }

    /** For those that hand something to this worker. */
    Sleeper sleeper() {
        return sleeper;
    }

    /**
     * In this turn, so many frames came with one read.
     *
     * @param fd that was read
     */
    void took(int fd, int count, long size, long nanoTime) {
        frames += count;
        bytes += size;
        now = nanoTime;
        if (fd != source && count > 0) {
            source = fd;
            sourceSince = nanoTime;
        }
    }

    /**
     * For how long to pause where frames come in a stream, but so few at a time that a pause finds
     * more of them. Where many come, it would only fill the sender's socket; where others send too,
     * they may wait for each other's answers, and it is short.
     *
     * @param aloneNanos for how long one port alone has brought frames
     * @return nanoseconds: {@link #NO_NAP}, {@link #SHORT_NAP} or {@link #LONG_NAP}
     */
    static int napFor(int frames, long bytes, long aloneNanos) {
        if (frames < STREAM_FRAMES || bytes >= FULL_BYTES) {
            return NO_NAP;
        }
        return aloneNanos >= ALONE_NANOS ? LONG_NAP : SHORT_NAP;
    }

    /** After a turn with work: who sends in a stream need not wake us for each frame then. */
    private void pause() {
        switch (napFor(frames, bytes, now - sourceSince)) {
            case NO_NAP -> Thread.yield();
            case SHORT_NAP -> shortNap.take();
            default -> longNap.take();
        }
    }

    /**
     * Sleeps until something is ready. After a turn with work it pauses first and looks again.
     *
     * @param doorbellOnly while nothing can be read, for epoll would tell of the readable ports
     *     again and again: a deep sleep
     * @param called whether something was handed in, asked after saying that we sleep
     * @param timeoutMillis -1 for no limit
     * @return how many events there are
     */
    int await(boolean doorbellOnly, BooleanSupplier called, int timeoutMillis) {
        deaf = doorbellOnly;
        int depth = doorbellOnly ? Sleeper.DEEP : Sleeper.LIGHT;
        int timeout = sleeper.lieDown(depth, called) ? timeoutMillis : 0;
        int ready = 0;
        if (deaf) {
            ready = bell.await(timeout);
        } else {
            if (worked && timeout != 0) {
                pause();
                ready = epoll.await(0);
            }
            if (ready == 0) {
                ready = epoll.await(timeout);
            }
            worked = ready > 0;
        }
        frames = 0;
        bytes = 0;
        sleeper.getUp();
        return ready;
    }

    /** The token of event {@code i}, or {@link #NOBODY}; what only wakes is silenced then. */
    int token(int i) {
        int token = deaf ? DOORBELL : (int) epoll.token(i);
        if (token == DOORBELL) {
            doorbell.silence();
            return NOBODY;
        }
        if (token == TIMER) {
            timed = false;
            timer.silence();
            return NOBODY;
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
        timer.close();
        shortNap.close();
        longNap.close();
    }
}
