package org.lanyard.control;

import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;

/**
 * How many lines something that a guest can cause may write: a few at once, then one each ten
 * seconds, which tells how many were left out.
 */
final class LogBudget {
    private static final int BURST = 20;
    private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Clock clock;
    private int tokens = BURST;
    private long refilled;
    private long leftOut;

    LogBudget(Clock clock) {
        this.clock = clock;
        this.refilled = clock.nanoTime();
    }

    /** Whether a line may be written now. */
    boolean allows() {
        long due = (clock.nanoTime() - refilled) / REFILL_NANOS;
        if (due > 0) {
            tokens = (int) Math.min(BURST, tokens + due);
            refilled += due * REFILL_NANOS;
        }
        if (tokens == 0) {
            leftOut++;
            return false;
        }
        tokens--;
        return true;
    }

    /** To be put behind an allowed line: what was left out before it, or nothing. */
    String leftOut() {
        String text = leftOut == 0 ? "" : " (" + leftOut + " lines like this were left out)";
        leftOut = 0;
        return text;
    }
}
