package org.lanyard.control;

import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;

/** How often something may happen: so many times at once, and so many a second in the long run. */
final class Pace {
    private final Clock clock;
    private final int burst;
    private final long nanosEach;
    private int left;
    private long since;

    /**
     * @param burst at least 1
     * @param perSecond 1 to a billion
     */
    Pace(Clock clock, int burst, int perSecond) {
        this.clock = clock;
        this.burst = burst;
        this.nanosEach = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.left = burst;
        this.since = clock.nanoTime();
    }

    /** It has happened, allowed or not; what was too often is to be waited for. */
    void happened() {
        look();
        left--;
    }

    /** Whether it may happen now. */
    boolean allows() {
        look();
        return left > 0;
    }

    private void look() {
        long now = clock.nanoTime();
        long due = (now - since) / nanosEach;
        if (due >= burst - left) {
            left = burst;
            since = now;
        } else {
            left += (int) due;
            since += due * nanosEach;
        }
    }
}
