package org.lanyard.policy;

/**
 * How much may pass a port. {@link #NO_LIMIT} for what is not limited.
 *
 * @param ingressBits per second that may come in, of frames without preamble, gap and FCS
 * @param egressBits per second that may leave
 * @param burstBytes that may pass at once after a pause, at least one frame
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

    /** At 1 Gbit/s, a millisecond. */
    public static final int DEFAULT_BURST = 128 << 10;

    public static final Limits NONE =
            new Limits(NO_LIMIT, NO_LIMIT, DEFAULT_BURST, NO_LIMIT, NO_LIMIT, NO_LIMIT);

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
