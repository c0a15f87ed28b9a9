package org.lanyard.policy;

/**
 * How much may pass a port. {@link #NO_LIMIT} for what is not limited.
 *
 * @param ingressBits per second that may come in, of frames without preamble, gap and FCS
 * @param egressBits per second that may leave
 * @param burstBytes that may pass at once after a pause, at least one frame; or {@link
 *     #DEFAULT_BURST}
 * @param broadcast frames per second that may come in to all stations
 * @param multicast frames per second that may come in to groups
 * @param unknown frames per second that may come in to stations whose port is not known
 */
public record Limits(
        long ingressBits,
        long egressBits,
        int burstBytes,
        int broadcast,
        int multicast,
        int unknown) {
    public static final int NO_LIMIT = 0;

    /** A burst of the size that {@link #burstAt} gives. */
    public static final int DEFAULT_BURST = 0;

    /** The default burst of rates up to 50 Mbit/s: two super-frames. */
    public static final int SMALLEST_DEFAULT_BURST = 128 << 10;

    /** Of all above 6.4 Gbit/s. */
    public static final int LARGEST_DEFAULT_BURST = 16 << 20;

    /**
     * The default burst lasts so long at the rate. TCP's window is what its rate brings within a
     * round trip: where a meter takes much less than that at once, TCP never gets to the rate.
     */
    private static final int BURST_MILLIS = 20;

    public static final Limits NONE =
            new Limits(NO_LIMIT, NO_LIMIT, DEFAULT_BURST, NO_LIMIT, NO_LIMIT, NO_LIMIT);

    /**
     * How much may pass at once of what has that rate.
     *
     * @param bits per second
     * @return bytes
     */
    public int burstAt(long bits) {
        if (burstBytes != DEFAULT_BURST) {
            return burstBytes;
        }
        long lasting = bits / Byte.SIZE / 1_000 * BURST_MILLIS & -1024; // as people write sizes
        return (int) Math.min(LARGEST_DEFAULT_BURST, Math.max(SMALLEST_DEFAULT_BURST, lasting));
    }

    public Limits withRates(long newIngressBits, long newEgressBits, int newBurstBytes) {
        return new Limits(
                newIngressBits, newEgressBits, newBurstBytes, broadcast, multicast, unknown);
    }

    public Limits withoutRates() {
        return withRates(NO_LIMIT, NO_LIMIT, DEFAULT_BURST);
    }

    public Limits withStorm(int newBroadcast, int newMulticast, int newUnknown) {
        return new Limits(
                ingressBits, egressBits, burstBytes, newBroadcast, newMulticast, newUnknown);
    }

    public Limits withoutStorm() {
        return withStorm(NO_LIMIT, NO_LIMIT, NO_LIMIT);
    }
}
