package org.lanyard.policy;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/**
 * All that a port's configuration says about its frames. Immutable; each {@code with…} gives
 * another one. {@link #NONE} is a port that says nothing, and costs nothing.
 */
public final class PortPolicy {
    public static final PortPolicy NONE =
            new PortPolicy(
                    Optional.empty(),
                    false,
                    false,
                    new long[0],
                    Flooding.ALL,
                    Learning.FREE,
                    Limits.NONE,
                    Optional.empty());

    private final Optional<Vlans> vlans;
    private final boolean isolated;
    private final boolean transparent;
    private final long[] allowedMacs;
    private final Flooding flooding;
    private final Learning learning;
    private final Limits limits;
    private final Optional<Mirror> mirror;

    private PortPolicy(
            Optional<Vlans> vlans,
            boolean isolated,
            boolean transparent,
            long[] allowedMacs,
            Flooding flooding,
            Learning learning,
            Limits limits,
            Optional<Mirror> mirror) {
        this.vlans = vlans;
        this.isolated = isolated;
        this.transparent = transparent;
        this.allowedMacs = allowedMacs;
        this.flooding = flooding;
        this.learning = learning;
        this.limits = limits;
        this.mirror = mirror;
    }

    public PortPolicy with(Vlans newVlans) {
        return new PortPolicy(
                Optional.of(newVlans),
                isolated,
                transparent,
                allowedMacs,
                flooding,
                learning,
                limits,
                mirror);
    }

    public PortPolicy with(Flooding newFlooding) {
        return new PortPolicy(
                vlans, isolated, transparent, allowedMacs, newFlooding, learning, limits, mirror);
    }

    public PortPolicy with(Learning newLearning) {
        return new PortPolicy(
                vlans, isolated, transparent, allowedMacs, flooding, newLearning, limits, mirror);
    }

    public PortPolicy with(Limits newLimits) {
        return new PortPolicy(
                vlans, isolated, transparent, allowedMacs, flooding, learning, newLimits, mirror);
    }

    public PortPolicy with(Mirror newMirror) {
        return new PortPolicy(
                vlans,
                isolated,
                transparent,
                allowedMacs,
                flooding,
                learning,
                limits,
                Optional.of(newMirror));
    }

    public PortPolicy withIsolated(boolean now) {
        return new PortPolicy(
                vlans, now, transparent, allowedMacs, flooding, learning, limits, mirror);
    }

    public PortPolicy withTransparent(boolean now) {
        return new PortPolicy(
                vlans, isolated, now, allowedMacs, flooding, learning, limits, mirror);
    }

    /**
     * @param macs 48-bit numbers; none to allow all
     */
    public PortPolicy withAllowedMacs(Collection<Long> macs) {
        long[] sorted = macs.stream().mapToLong(Long::longValue).sorted().distinct().toArray();
        return new PortPolicy(
                vlans, isolated, transparent, sorted, flooding, learning, limits, mirror);
    }

    /** Nothing where the port says nothing of VLANs. */
    public Optional<Vlans> vlans() {
        return vlans;
    }

    /** Whether it reaches only ports that are not isolated. */
    public boolean isolated() {
        return isolated;
    }

    /** Whether what bridges keep to themselves (LLDP, LACP, spanning tree) passes it. */
    public boolean transparent() {
        return transparent;
    }

    /** Sorted; empty where every source may send. */
    public long[] allowedMacs() {
        return allowedMacs.clone();
    }

    /** Whether a frame with that source may come in. */
    public boolean allows(long source) {
        return allowedMacs.length == 0 || Arrays.binarySearch(allowedMacs, source) >= 0;
    }

    /** What leaves by the port though nobody knows that its destination is there. */
    public Flooding flooding() {
        return flooding;
    }

    /** How many addresses are learned behind the port, and how fast they stick to it. */
    public Learning learning() {
        return learning;
    }

    /** How much may pass. */
    public Limits limits() {
        return limits;
    }

    /** What the port gets copies of, where that is all it is for. */
    public Optional<Mirror> mirror() {
        return mirror;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PortPolicy policy
                && vlans.equals(policy.vlans)
                && isolated == policy.isolated
                && transparent == policy.transparent
                && Arrays.equals(allowedMacs, policy.allowedMacs)
                && flooding.equals(policy.flooding)
                && learning.equals(policy.learning)
                && limits.equals(policy.limits)
                && mirror.equals(policy.mirror);
    }

    @Override
    public int hashCode() {
        return 31 * vlans.hashCode() + Arrays.hashCode(allowedMacs);
    }

    @Override
    public String toString() {
        return "PortPolicy["
                + vlans.map(Vlans::toString).orElse("no VLANs")
                + (isolated ? ", isolated" : "")
                + (transparent ? ", transparent" : "")
                + (allowedMacs.length > 0 ? ", " + allowedMacs.length + " sources" : "")
                + (flooding.equals(Flooding.ALL) ? "" : ", " + flooding)
                + (learning.equals(Learning.FREE) ? "" : ", " + learning)
                + (limits.equals(Limits.NONE) ? "" : ", " + limits)
                + mirror.map(m -> ", " + m).orElse("")
                + "]";
    }
}
