package org.lanyard.port;

import org.lanyard.frame.Ethernet;
import org.lanyard.policy.Limits;

/** A port's limits at work; null for what is not limited. The owning worker's thread. */
final class Meters {
    /** A tenth of a second's worth of a flood may come at once, and ten frames at least. */
    private static final int STORM_BURST_PARTS = 10;

    private static final int STORM_BURST = 10;

    private final RateMeter ingress;
    private final RateMeter egress;
    private final RateMeter broadcast;
    private final RateMeter multicast;
    private final RateMeter unknown;

    Meters(Limits limits) {
        this.ingress = ofBits(limits.ingressBits(), limits);
        this.egress = ofBits(limits.egressBits(), limits);
        this.broadcast = ofFrames(limits.broadcast());
        this.multicast = ofFrames(limits.multicast());
        this.unknown = ofFrames(limits.unknown());
    }

    private static RateMeter ofBits(long bits, Limits limits) {
        return bits == Limits.NO_LIMIT
                ? null
                : new RateMeter(Math.max(1, bits / Byte.SIZE), limits.burstAt(bits));
    }

    private static RateMeter ofFrames(int frames) {
        return frames == Limits.NO_LIMIT
                ? null
                : new RateMeter(frames, Math.max(STORM_BURST, frames / STORM_BURST_PARTS));
    }

    boolean letsIn(int length, long now) {
        return ingress == null || ingress.take(length, now);
    }

    boolean limitsEgress() {
        return egress != null;
    }

    boolean letsOut(int length, long now) {
        return egress == null || egress.take(length, now);
    }

    boolean letsFlood(long destination, long now) {
        RateMeter meter = unknown;
        if (Ethernet.isBroadcast(destination)) {
            meter = broadcast;
        } else if (Ethernet.isGroup(destination)) {
            meter = multicast;
        }
        return meter == null || meter.take(1, now);
    }
}
