package org.lanyard.port;

/**
 * Tells what conforms to a rate, with bursts: the virtual scheduling algorithm (ITU-T I.371, annex
 * A; a token bucket in two words). One thread.
 */
public final class RateMeter {
    /**
     * Debt is counted in parts of a nanosecond, so that a small frame at a high rate costs some.
     */
    private static final int PARTS = 1024;

    private static final long SECOND = 1_000_000_000L * PARTS;

    private final double costOfOne;
    private final long tolerance;

    /** What has passed ahead of the rate, in parts of a nanosecond, at the last moment. */
    private long debt;

    private long last;

    /**
     * @param perSecond units (bytes, frames) per second, at least 1
     * @param burst units that may come at once after a pause
     */
    public RateMeter(long perSecond, long burst) {
        this.costOfOne = (double) SECOND / perSecond;
        this.tolerance = (long) (burst * costOfOne);
    }

    /**
     * Whether so many units may pass now; if so they are counted.
     *
     * @param now nanoseconds of a monotonic clock
     */
    public boolean take(long units, long now) {
        // Only the time since the last call is ever multiplied, and only when it is short: parts
        // of a clock's nanoseconds would run over within months.
        long passed = now - last;
        if (debt > 0 && passed > 0) {
            debt = passed > debt / PARTS ? 0 : debt - passed * PARTS;
        }
        last = now;
        long cost = (long) (units * costOfOne);
        if (cost > tolerance - debt) {
            return false;
        }
        debt += cost;
        return true;
    }
}
