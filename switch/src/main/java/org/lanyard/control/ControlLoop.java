package org.lanyard.control;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;
import org.lanyard.tapio.Doorbell;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control thread's loop: descriptors, timers, and what other threads hand in. {@link #execute}
 * is for any thread, all else for the loop's own.
 */
final class ControlLoop {
    /** Told that a watched descriptor is ready, with epoll's bits. */
    @FunctionalInterface
    interface Handler {
        void ready(int events);
    }

    /** A call to come; cancelling it twice, or after it came, does nothing. */
    static final class Timer {
        private final long at;
        private Runnable action;

        private Timer(long at, Runnable action) {
            this.at = at;
            this.action = action;
        }

        void cancel() {
            action = null;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);
    private static final int EVENTS_PER_TURN = 64;
    private static final int DOORBELL = -1;

    private final Clock clock;
    private final Epoll epoll;
    private final Doorbell doorbell;
    private final Inbox inbox;
    private final Map<Integer, Handler> handlers = new HashMap<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(timer -> timer.at));
    private volatile long longestTurn;
    private boolean ended;

    ControlLoop(Clock clock) throws ErrnoException {
        this.clock = clock;
        this.epoll = new Epoll(EVENTS_PER_TURN);
        this.doorbell = new Doorbell();
        this.inbox = new Inbox(doorbell::ring);
        epoll.add(doorbell.fd(), Epoll.IN, DOORBELL);
    }

    /** Hands an action to the loop; any thread. After the loop's end it is not run. */
    void execute(Runnable action) {
        inbox.put(action);
    }

    void watch(int fd, int interest, Handler handler) throws ErrnoException {
        epoll.add(fd, interest, fd);
        handlers.put(fd, handler);
    }

    void change(int fd, int interest) throws ErrnoException {
        epoll.modify(fd, interest, fd);
    }

    /** To be called before the descriptor is closed. */
    void unwatch(int fd) {
        if (handlers.remove(fd) != null) {
            try {
                epoll.remove(fd);
            } catch (ErrnoException e) {
                LOG.warn("fd {}: {}", fd, e.getMessage());
            }
        }
    }

    Timer after(long delay, TimeUnit unit, Runnable action) {
        Timer timer = new Timer(clock.nanoTime() + unit.toNanos(delay), action);
        timers.add(timer);
        return timer;
    }

    /** Runs until {@link #end} or an Error; the calling thread is the loop's. */
    void run() {
        while (!ended) {
            turn();
        }
        epoll.close();
        doorbell.close();
    }

    void end() {
        ended = true;
    }

    /** The next turn is the first that counts: those of a start load the program. */
    void forgetTurns() {
        execute(() -> longestTurn = 0);
    }

    /**
     * For how long, in nanoseconds, it has kept others waiting at most: from its waking to its next
     * sleep. Any thread.
     */
    long longestTurn() {
        return longestTurn;
    }

    private void turn() {
        int ready = epoll.await(inbox.lieDown() ? untilNextTimer() : 0);
        inbox.getUp();
        long woke = clock.nanoTime();
        for (int i = 0; i < ready; i++) {
            int fd = (int) epoll.token(i);
            int events = epoll.events(i);
            if (fd == DOORBELL) {
                doorbell.silence();
            } else {
                Handler handler = handlers.get(fd);
                if (handler != null) {
                    guarded(() -> handler.ready(events));
                }
            }
        }
        // What is handed in meanwhile waits for the next turn, so that timers can't be kept
        // waiting.
        for (int left = inbox.size(); left > 0; left--) {
            guarded(inbox.next());
        }
        while (!timers.isEmpty() && timers.peek().at - clock.nanoTime() <= 0) {
            Runnable action = timers.poll().action;
            if (action != null) {
                guarded(action);
            }
        }
        longestTurn = Math.max(longestTurn, clock.nanoTime() - woke);
    }

    /**
     * One fault must not end the control plane: the switch goes on forwarding and answering. After
     * an Error nobody knows what works still: it ends {@link #run}, and the switch.
     */
    private static void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("an error in the switch itself; please report it", e);
        }
    }

    private int untilNextTimer() {
        if (timers.isEmpty()) {
            return -1;
        }
        long nanos = timers.peek().at - clock.nanoTime();
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, (nanos + 999_999) / 1_000_000));
    }
}
