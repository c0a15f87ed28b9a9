package org.lanyard.control;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.lanyard.forward.Clock;

/**
 * How many lines of one kind, which a guest can cause, may be written: a few at once, then one each
 * ten seconds. What is left out is counted, and said with the next line of the kind or, where none
 * comes, once there would be room for one. Each kind has a budget of its own, so that noise of one
 * never hides another. One thread.
 */
final class LogBudget {
    private static final int BURST = 20;
    private static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final AtomicLong ALL_LEFT_OUT = new AtomicLong();

    private final Clock clock;
    private int tokens = BURST;
    private long refilled;
    private long leftOut;
    private long firstLeftOut;

    LogBudget(Clock clock) {
        this.clock = clock;
        this.refilled = clock.nanoTime();
    }

    /** How many lines this process did not write, of all kinds. Any thread. */
    static long allLeftOut() {
        return ALL_LEFT_OUT.get();
    }

    /** Whether a line may be written now. */
    boolean allows() {
        refill();
        if (tokens == 0) {
            if (leftOut == 0) {
                firstLeftOut = clock.nanoTime();
            }
            leftOut++;
            ALL_LEFT_OUT.incrementAndGet();
            return false;
        }
        tokens--;
        return true;
    }

    private void refill() {
        long due = (clock.nanoTime() - refilled) / REFILL_NANOS;
        if (due > 0) {
            tokens = (int) Math.min(BURST, tokens + due);
            refilled += due * REFILL_NANOS;
        }
    }

    /** Whether there is something to say of lines that were left out, and room to say it. */
    boolean owes() {
        refill();
        return leftOut > 0 && tokens > 0;
    }

    /**
     * To be put behind an allowed line: what was left out before it, or nothing. Where {@link
     * #owes} says so, a line of its own, which costs one of the budget.
     */
    String leftOut() {
        if (leftOut == 0) {
            return "";
        }
        long nanos = clock.nanoTime() - firstLeftOut;
        String text =
                " (" + leftOut + " more like this in the last " + since(nanos) + " were left out)";
        leftOut = 0;
        return text;
    }

    private static String since(long nanos) {
        long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos));
        return seconds < 120 ? seconds + " s" : TimeUnit.SECONDS.toMinutes(seconds) + " min";
    }
}
