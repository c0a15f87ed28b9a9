package org.lanyard.forward;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.lanyard.frame.Burst;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Ethernet;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.StreamFormat;
import org.lanyard.port.Dispatch;
import org.lanyard.port.Port;

/**
 * Decides for each frame of a burst: learns its source, looks its destination up, and dispatches it
 * to one egress, or to all others. One per worker, on its thread.
 *
 * <p>Neighbours mostly have the same addresses, so the last source and the last destination are
 * remembered within a burst and cost no lookup.
 */
public final class Forwarder {
    /** All ports are in this one where none has a policy: a tag is payload. */
    public static final int VLAN = 1;

    private static final long NO_ADDRESS = -1;

    private final Fabric fabric;
    private final Fdb fdb;
    private final Dispatch dispatch;
    private final PolicyForwarder policies;

    public Forwarder(Fabric fabric, Dispatch dispatch) {
        this.fabric = fabric;
        this.fdb = fabric.fdb();
        this.dispatch = dispatch;
        this.policies = new PolicyForwarder(fabric.fdb(), dispatch);
    }

    /**
     * Dispatches every frame, or counts it as dropped at the ingress port.
     *
     * @param nanos now, of a monotonic clock
     */
    public void forward(Port ingress, Burst burst, long nanos) {
        Topology topology = fabric.topology();
        if (!topology.isPlain()) {
            policies.forward(topology, ingress, burst, nanos);
            return;
        }
        int now = (int) TimeUnit.NANOSECONDS.toSeconds(nanos);
        PortCounters counters = ingress.counters();
        ByteBuffer bytes = dispatch.slab().bytes();
        int ingressSlot = ingress.slot();
        long lastTail = NO_ADDRESS;
        long lastSource = NO_ADDRESS;
        long lastDestination = NO_ADDRESS;
        Port lastEgress = null;
        int samePort = 0;
        int invalid = 0;
        int lonely = 0;
        int reserved = 0;
        int control = 0;
        int count = burst.count();
        for (int i = 0; i < count; i++) {
            int offset = burst.offset(i);
            long tail = Ethernet.sourceAndType(bytes, offset);
            if (tail != lastTail || tail == NO_ADDRESS) { // which a frame may have
                if (Ethernet.isMacControl(Ethernet.type(tail))) {
                    control++;
                    continue;
                }
                long source = tail >>> Short.SIZE;
                if (source != lastSource) {
                    if (!Ethernet.isStation(source)) {
                        invalid++;
                        continue;
                    }
                    if (fdb.learn(Fdb.key(source, VLAN), ingressSlot, now)) {
                        lastDestination = NO_ADDRESS; // it may have been this one that changed
                    }
                    lastSource = source;
                }
                lastTail = tail;
            }
            long destination = Ethernet.destination(bytes, offset);
            if (destination != lastDestination) {
                if (Ethernet.isReserved(destination)) {
                    if (Ethernet.isMacControl(destination)) {
                        control++;
                    } else {
                        reserved++;
                    }
                    continue;
                }
                lastDestination = destination;
                lastEgress =
                        Ethernet.isGroup(destination)
                                ? null
                                : topology.at(fdb.lookUp(Fdb.key(destination, VLAN)));
            }
            int start = offset - StreamFormat.PREFIX;
            int end = offset + burst.length(i);
            if (lastEgress == null) {
                int others = topology.count() - 1;
                if (others == 0) {
                    lonely++;
                } else {
                    flood(topology, ingress, start, end);
                }
            } else if (lastEgress == ingress) {
                samePort++;
            } else {
                dispatch.add(lastEgress, start, end);
            }
        }
        counters.received(count, burst.bytes());
        counters.dropped(DropReason.INVALID_SOURCE, invalid);
        counters.dropped(DropReason.RESERVED_GROUP, reserved);
        counters.dropped(DropReason.MAC_CONTROL, control);
        counters.dropped(DropReason.SAME_PORT, samePort);
        counters.dropped(DropReason.NO_OTHER_PORT, lonely);
    }

    /** To every port but the one it came from (IEEE 802.1Q-2022, 8.6.1). */
    private void flood(Topology topology, Port ingress, int start, int end) {
        for (int i = 0; i < topology.count(); i++) {
            Port egress = topology.port(i);
            if (egress != ingress) {
                dispatch.add(egress, start, end);
            }
        }
    }
}
