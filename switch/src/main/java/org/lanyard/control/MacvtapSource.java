package org.lanyard.control;

import java.io.IOException;
import java.util.Optional;
import org.lanyard.frame.Mac;
import org.lanyard.policy.Vlans;
import org.lanyard.tapio.Link;
import org.lanyard.tapio.Macvtap;
import org.lanyard.tapio.Tap;

/** What holds of a macvtap, whoever made it. */
abstract class MacvtapSource implements TapSource {
    private final boolean offload;
    private final Stations stations;

    MacvtapSource(boolean offload, Stations stations) {
        this.offload = offload;
        this.stations = stations;
    }

    /** What one that was opened needs besides. */
    final void settle(Tap opened) throws IOException {
        if (offload) {
            TapSource.offload(opened);
        }
    }

    /** Its reads and writes would go on. */
    @Override
    public final Optional<String> fault(Tap tap) {
        return tap.isAttached()
                ? Optional.empty()
                : Optional.of("macvtap " + tap.name() + " was deleted");
    }

    @Override
    public final Optional<String> outage(Tap tap) throws IOException {
        return Link.at(tap.index()).flatMap(MacvtapSource::outage);
    }

    private static Optional<String> outage(Link link) {
        if (!link.isUp()) {
            return Optional.of(
                    link.name() + " is down; as root: ip link set " + link.name() + " up");
        }
        return link.isRunning()
                ? Optional.empty()
                : Optional.of("the interface below " + link.name() + " is down or has no cable");
    }

    @Override
    public final Optional<String> lack(Tap tap, int slot, Vlans vlans) throws IOException {
        Optional<Link> found = Link.at(tap.index());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Link link = found.get();
        if (!link.takesAllMulticasts()) {
            return Optional.of(
                    link.name()
                            + " passes on few multicasts, and IPv6 to guests needs more; as root: ip"
                            + " link set "
                            + link.name()
                            + " allmulticast on");
        }
        return Macvtap.Mode.of(link) == Macvtap.Mode.PASSTHRU
                ? Optional.empty()
                : unanswered(link, stations.others(link.mac(), slot, vlans));
    }

    /** The kernel looks for other addresses in no mode but passthru. */
    private static Optional<String> unanswered(Link link, long others) {
        return others == 0
                ? Optional.empty()
                : Optional.of(
                        "in mode "
                                + Macvtap.Mode.of(link).key()
                                + " only "
                                + Mac.format(link.mac())
                                + " gets answers, and "
                                + others
                                + (others == 1 ? " other" : " others")
                                + " would not: mode passthru serves all, mac chooses the one");
    }

    @Override
    public final int mtu() {
        return 0;
    }
}
