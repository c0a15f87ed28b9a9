package org.lanyard.control;

import org.lanyard.forward.Clock;

/**
 * A share of the control thread's time for some who ask: so much at once, and in the long run one
 * part in so many. What was spent beyond it is waited for. The control thread's.
 */
final class Share {
    private final Clock clock;
    private final long most;
    private final int parts;
    private long left;
    private long since;

    /**
     * @param most nanoseconds that may be spent at once
     * @param parts one of which is theirs, from 1
     */
    Share(Clock clock, long most, int parts) {
        this.clock = clock;
        this.most = most;
        this.parts = parts;
        this.left = most;
        this.since = clock.nanoTime();
    }

    private void look() {
        long now = clock.nanoTime();
        left = Math.min(most, left + (now - since) / parts);
        since = now;
    }

    /** Whether there is some left. */
    boolean isLeft() {
        look();
        return left > 0;
    }

    /**
     * It was spent on them.
     *
     * @param from nanoseconds of the clock, at which that began
     */
    void spentSince(long from) {
        look();
        left = Math.max(-most, left - (since - from));
    }

    /** Milliseconds until there is some left again. */
    long waitMillis() {
        look();
        return left > 0 ? 0 : 1 - left * parts / 1_000_000;
    }
}
