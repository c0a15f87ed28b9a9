package org.lanyard.policy;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All that a port's configuration says about its frames. Immutable; each {@code with…} gives
 * another one. {@link #NONE} is a port that says nothing, and costs nothing.
 */
public final class PortPolicy implements Cloneable {
    public static final PortPolicy NONE = new PortPolicy();

    // Written only by but(), in a copy that nobody else has yet.
    private Optional<Vlans> vlans = Optional.empty();
    private boolean isolated;
    private boolean transparent;
    private boolean guarding;
    private long[] allowedMacs = {};
    private Flooding flooding = Flooding.ALL;
    private Learning learning = Learning.FREE;
    private Limits limits = Limits.NONE;
    private Optional<Mirror> mirror = Optional.empty();
    private Impairment received = Impairment.NONE;
    private Impairment sent = Impairment.NONE;

    private PortPolicy() {}

    private PortPolicy but(Consumer<PortPolicy> change) {
        try {
            PortPolicy other = (PortPolicy) clone();
            change.accept(other);
            return other;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    public PortPolicy with(Vlans newVlans) {
        return but(other -> other.vlans = Optional.of(newVlans));
    }

    public PortPolicy withoutVlans() {
        return but(other -> other.vlans = Optional.empty());
    }

    public PortPolicy with(Flooding newFlooding) {
        return but(other -> other.flooding = newFlooding);
    }

    public PortPolicy with(Learning newLearning) {
        return but(other -> other.learning = newLearning);
    }

    public PortPolicy with(Limits newLimits) {
        return but(other -> other.limits = newLimits);
    }

    public PortPolicy with(Mirror newMirror) {
        return but(other -> other.mirror = Optional.of(newMirror));
    }

    public PortPolicy withoutMirror() {
        return but(other -> other.mirror = Optional.empty());
    }

    public PortPolicy withIsolated(boolean now) {
        return but(other -> other.isolated = now);
    }

    public PortPolicy withTransparent(boolean now) {
        return but(other -> other.transparent = now);
    }

    public PortPolicy withGuarding(boolean now) {
        return but(other -> other.guarding = now);
    }

    /**
     * @param macs 48-bit numbers; none to allow all
     */
    public PortPolicy withAllowedMacs(Collection<Long> macs) {
        long[] sorted = macs.stream().mapToLong(Long::longValue).sorted().distinct().toArray();
        return but(other -> other.allowedMacs = sorted);
    }

    /**
     * @param towardsUs of what the switch receives by the port
     * @param fromUs of what it sends
     */
    public PortPolicy withWire(Impairment towardsUs, Impairment fromUs) {
        return but(
                other -> {
                    other.received = towardsUs;
                    other.sent = fromUs;
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

    /** Whether frames from other ports may not have the addresses behind it as their source. */
    public boolean guarding() {
        return guarding;
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
                && guarding == policy.guarding
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
                + (guarding ? ", guarding" : "")
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
