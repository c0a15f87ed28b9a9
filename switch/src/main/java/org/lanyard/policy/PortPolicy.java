package org.lanyard.policy;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All that a port's configuration says about its frames. Immutable; each {@code with…} gives
 * another one. {@link #NONE} is a port that says nothing, and costs nothing.
 */
public final class PortPolicy {
    public static final PortPolicy NONE = new PortPolicy(new Parts());

    private final Optional<Vlans> vlans;
    private final boolean isolated;
    private final boolean transparent;
    private final long[] allowedMacs;
    private final Flooding flooding;
    private final Learning learning;
    private final Limits limits;
    private final Optional<Mirror> mirror;
    private final Impairment received;
    private final Impairment sent;

    /** What is gathered for another policy. */
    private static final class Parts {
        Optional<Vlans> vlans = Optional.empty();
        boolean isolated;
        boolean transparent;
        long[] allowedMacs = {};
        Flooding flooding = Flooding.ALL;
        Learning learning = Learning.FREE;
        Limits limits = Limits.NONE;
        Optional<Mirror> mirror = Optional.empty();
        Impairment received = Impairment.NONE;
        Impairment sent = Impairment.NONE;
    }

    private PortPolicy(Parts parts) {
        this.vlans = parts.vlans;
        this.isolated = parts.isolated;
        this.transparent = parts.transparent;
        this.allowedMacs = parts.allowedMacs;
        this.flooding = parts.flooding;
        this.learning = parts.learning;
        this.limits = parts.limits;
        this.mirror = parts.mirror;
        this.received = parts.received;
        this.sent = parts.sent;
    }

    private PortPolicy but(Consumer<Parts> change) {
        Parts parts = new Parts();
        parts.vlans = vlans;
        parts.isolated = isolated;
        parts.transparent = transparent;
        parts.allowedMacs = allowedMacs;
        parts.flooding = flooding;
        parts.learning = learning;
        parts.limits = limits;
        parts.mirror = mirror;
        parts.received = received;
        parts.sent = sent;
        change.accept(parts);
        return new PortPolicy(parts);
    }

    public PortPolicy with(Vlans newVlans) {
        return but(parts -> parts.vlans = Optional.of(newVlans));
    }

    public PortPolicy withoutVlans() {
        return but(parts -> parts.vlans = Optional.empty());
    }

    public PortPolicy with(Flooding newFlooding) {
        return but(parts -> parts.flooding = newFlooding);
    }

    public PortPolicy with(Learning newLearning) {
        return but(parts -> parts.learning = newLearning);
    }

    public PortPolicy with(Limits newLimits) {
        return but(parts -> parts.limits = newLimits);
    }

    public PortPolicy with(Mirror newMirror) {
        return but(parts -> parts.mirror = Optional.of(newMirror));
    }

    public PortPolicy withoutMirror() {
        return but(parts -> parts.mirror = Optional.empty());
    }

    public PortPolicy withIsolated(boolean now) {
        return but(parts -> parts.isolated = now);
    }

    public PortPolicy withTransparent(boolean now) {
        return but(parts -> parts.transparent = now);
    }

    /**
     * @param macs 48-bit numbers; none to allow all
     */
    public PortPolicy withAllowedMacs(Collection<Long> macs) {
        long[] sorted = macs.stream().mapToLong(Long::longValue).sorted().distinct().toArray();
        return but(parts -> parts.allowedMacs = sorted);
    }

    /**
     * @param towardsUs of what the switch receives by the port
     * @param fromUs of what it sends
     */
    public PortPolicy withWire(Impairment towardsUs, Impairment fromUs) {
        return but(
                parts -> {
                    parts.received = towardsUs;
                    parts.sent = fromUs;
                });
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

    /** What befalls frames on their way to the switch. */
    public Impairment received() {
        return received;
    }

    /** What befalls frames that the switch sends. */
    public Impairment sent() {
        return sent;
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
                && mirror.equals(policy.mirror)
                && received.equals(policy.received)
                && sent.equals(policy.sent);
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
                + (received.isNone() ? "" : ", received " + received)
                + (sent.isNone() ? "" : ", sent " + sent)
                + "]";
    }
}
