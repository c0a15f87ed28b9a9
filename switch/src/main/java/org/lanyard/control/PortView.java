package org.lanyard.control;

import org.lanyard.frame.PortCounters;
import org.lanyard.policy.PortPolicy;
import org.lanyard.tapio.Connection;

/**
 * A port as it is shown.
 *
 * @param state {@code up}, {@code down} or {@code listening}
 * @param reason why it is down, or what it lacks though it is up; or null
 */
record PortView(
        String name,
        String kind,
        String state,
        String endpoint,
        String reason,
        int mtu,
        Connection.Peer peer,
        PortPolicy policy,
        PortCounters counters) {
    /** The same of a port of which more is known. */
    PortView down(String why) {
        return new PortView(name, kind, "down", endpoint, why, mtu, peer, policy, counters);
    }
}
