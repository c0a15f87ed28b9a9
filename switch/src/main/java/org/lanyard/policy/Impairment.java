package org.lanyard.policy;

/**
 * What a wire does to the frames that pass it in one direction. Each share is the probability, from
 * 0 to 1, with which it meets a frame, whatever met the one before.
 *
 * @param loss share of frames that are lost
 * @param duplicate share that arrives twice
 * @param corrupt share of which one bit is turned over
 * @param reorder share that skips the wire: no delay and no rate, ahead of those under way
 * @param delayNanos from one end to the other
 * @param jitterNanos by which the delay is longer or shorter, evenly spread, at most the delay; a
 *     frame never overtakes another for it
 * @param rateBits per second, of frames without preamble, gap and FCS; 0 for no limit
 * @param queueBytes of frames under way, with 12 bytes more for each; beyond it they are lost
 * @param seed with the port's name and the direction it determines which frames are met: the same
 *     seed loses the same ones
 */
public record Impairment(
        double loss,
        double duplicate,
        double corrupt,
        double reorder,
        long delayNanos,
        long jitterNanos,
        long rateBits,
        int queueBytes,
        long seed) {
    public static final int NO_RATE = 0;

    /** At 10 Mbit/s, almost a second. */
    public static final int DEFAULT_QUEUE = 1 << 20;

    /** The most that may be asked for. */
    public static final int LARGEST_QUEUE = 64 << 20;

    /** A wire as wires should be. */
    public static final Impairment NONE =
            new Impairment(0, 0, 0, 0, 0, 0, NO_RATE, DEFAULT_QUEUE, 0);

    /** Whether it does anything at all. */
    public boolean isNone() {
        return loss == 0
                && duplicate == 0
                && corrupt == 0
                && delayNanos == 0
                && rateBits == NO_RATE;
    }
}
