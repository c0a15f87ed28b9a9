package org.lanyard.port;

/**
 * Tells what conforms to a rate, with bursts: the virtual scheduling algorithm (ITU-T I.371, annex
 * A; a token bucket in one word). One thread.
 */
public final class RateMeter {
    /**
     * Time is counted in parts of a nanosecond, so that a small frame at a high rate costs some.
     */
    private static final int PARTS = 1024;

    private static final long SECOND = 1_000_000_000L * PARTS;

    private final double costOfOne;
    private final long tolerance;
    private long due;
    private boolean begun;

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
        long moment = now * PARTS;
        if (!begun || due - moment < 0) {
            begun = true;
            due = moment;
        }
        long next = due + (long) (units * costOfOne);
        if (next - moment > tolerance) {
            return false;
        }
        due = next;
        return true;
    }
}
