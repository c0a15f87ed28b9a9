package org.lanyard.control;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;

/**
 * In which order clients of the control socket are answered, one request of each after another, and
 * for how long in a turn of the loop: so nobody who asks much keeps others waiting, be it with one
 * line or with many connections. All of them together have a share of the thread's time. The
 * control thread's.
 */
final class Rounds {
    /** One who may have something to be answered. */
    interface Asker {
        /** Answers one request, or reads what is to be one; quick unless that request is not. */
        void step();

        /** Whether another step has something to do. */
        boolean hasWork();

        /** Waits for what comes, as it has no work. */
        void rest();
    }

    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final ControlLoop loop;
    private final Clock clock;
    private final Share share;
    private final Deque<Asker> waiting = new ArrayDeque<>();
    private boolean isComing;

    Rounds(ControlLoop loop, Clock clock, Share share) {
        this.loop = loop;
        this.clock = clock;
        this.share = share;
    }

    /**
     * It has work; it is to be put here once, until it rests. Its first step is done at once where
     * nobody waits before it.
     */
    void put(Asker asker) {
        if (!waiting.isEmpty() || !share.isLeft()) {
            waiting.add(asker);
        } else {
            step(asker);
        }
        comeAgain();
    }

    /** It has gone. */
    void remove(Asker asker) {
        waiting.remove(asker);
    }

    private void step(Asker asker) {
        long from = clock.nanoTime();
        asker.step();
        share.spentSince(from);
        if (asker.hasWork()) {
            waiting.add(asker);
        } else {
            asker.rest();
        }
    }

    private void comeAgain() {
        if (isComing || waiting.isEmpty()) {
            return;
        }
        isComing = true;
        if (share.isLeft()) {
            loop.execute(this::work); // the next turn's, which looks at everything else first
        } else {
            loop.after(share.waitMillis(), TimeUnit.MILLISECONDS, this::work);
        }
    }

    private void work() {
        isComing = false;
        long end = clock.nanoTime() + TURN_NANOS;
        try {
            while (!waiting.isEmpty() && share.isLeft() && clock.nanoTime() - end < 0) {
                step(waiting.remove());
            }
        } finally {
            comeAgain();
        }
    }
}
