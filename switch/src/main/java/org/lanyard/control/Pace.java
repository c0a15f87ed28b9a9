package org.lanyard.control;

import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;

/** How often something may be done: so many times at once, and so many a second in the long run. */
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

    /** Whether it may be done now; then it is. */
    boolean allows() {
        long now = clock.nanoTime();
        long due = (now - since) / nanosEach;
        if (due >= burst - left) {
            left = burst;
            since = now;
        } else {
            left += (int) due;
            since += due * nanosEach;
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
