package org.lanyard.control;

import java.util.List;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Port;
import org.lanyard.tapio.Connection;

/** An attachment that is one port: up or down, and the same counters whenever it comes back. */
abstract class SinglePort implements Attachment {
    final String name;
    final PortFactory ports;
    final PortCounters counters = new PortCounters();

    /** Null while there is none. */
    KernelPort port;

    SinglePort(String name, PortFactory ports) {
        this.name = name;
        this.ports = ports;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<PortCounters> counters() {
        return List.of(counters);
    }

    @Override
    public final boolean owns(Port other) {
        return port == other;
    }

    final boolean isUp() {
        return port != null && port.slot() != Port.UNPLUGGED;
    }

    /**
     * @param reason why it is down, or what it lacks though it is up; or null
     */
    final PortView view(
            String kind, String endpoint, String reason, int mtu, Connection.Peer peer) {
        String state = isUp() ? "up" : "down";
        return new PortView(
                name, kind, state, endpoint, reason, mtu, peer, ports.policy(), counters);
    }
}
