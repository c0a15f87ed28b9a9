package org.lanyard.forward;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.lanyard.frame.Burst;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Ethernet;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.VlanTag;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.Learning;
import org.lanyard.policy.Mirror;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.Dispatch;
import org.lanyard.port.Port;

/**
 * Forwards where a port has a policy (IEEE 802.1Q-2022, 8.6.2 ingress, 8.6.3 forwarding, 8.6.4
 * egress): finds each frame's VLAN, keeps it among the ports of that VLAN that may have it, and
 * brings it into the form that the egress port's wire has for it. A frame that needs no other form
 * is not copied.
 */
final class PolicyForwarder {
    private static final long NO_ADDRESS = -1;

    /** The form of a frame with a priority tag: no egress has it. */
    private static final int PRIORITY_TAGGED = -1;

    private static final int NOT_MADE = -2;

    private final Fdb fdb;
    private final Dispatch dispatch;

    // The frame at hand.
    private int offset;
    private int length;
    private int vlan;
    private int form;
    private int tagType;
    private int bareType;
    private int control;
    private boolean reserved;
    private Mirrors mirrors;

    /** Which mirrors have a copy of the frame, a bit each. */
    private long[] mirrored = new long[1];

    private int plainCopy;
    private int customerCopy;
    private int serviceCopy;

    // What became of the burst's frames.
    private int invalid;
    private int reservedGroup;
    private int macControl;
    private int sourceNotAllowed;
    private int notLearned;
    private int spoofed;
    private int overLimit;
    private int storm;
    private int isolated;
    private int notAdmitted;
    private int noVlan;
    private int notAllowed;
    private int notMember;
    private int nested;
    private int samePort;
    private int lonely;

    PolicyForwarder(Fdb fdb, Dispatch dispatch) {
        this.fdb = fdb;
        this.dispatch = dispatch;
    }

    void forward(Topology topology, Port ingress, Burst burst, long nanos) {
        int now = (int) TimeUnit.NANOSECONDS.toSeconds(nanos);
        ByteBuffer bytes = dispatch.slab().bytes();
        if (ingress.policy().mirror().isPresent()) {
            ingress.counters().received(burst.count(), burst.bytes());
            ingress.counters().dropped(DropReason.MIRROR_PORT, burst.count());
            return;
        }
        mirrors = topology.mirrors();
        if (mirrors.count() > mirrored.length * Long.SIZE) {
            mirrored = new long[mirrors.count() / Long.SIZE + 1];
        }
        int ingressSlot = ingress.slot();
        Vlans in = topology.vlansAt(ingressSlot);
        PortPolicy policy = ingress.policy();
        Learning learning = policy.learning();
        long lastSource = NO_ADDRESS;
        long lastDestination = NO_ADDRESS;
        int lastSlot = Fdb.UNKNOWN;
        Port lastEgress = null;
        // A neighbour with the same addresses, and tag if any, goes the same way, where nothing is
        // counted or copied for it.
        boolean isFree = mirrors.count() == 0 && !ingress.limitsIngress();
        boolean sameWay = false;
        long lastHead = 0;
        long lastRest = 0;
        startCounting();
        int count = burst.count();
        for (int i = 0; i < count; i++) {
            offset = burst.offset(i);
            length = burst.length(i);
            long head = bytes.getLong(offset);
            long rest = bytes.getLong(offset + Long.BYTES);
            if (sameWay && head == lastHead && rest == lastRest) {
                dispatch.add(lastEgress, offset - StreamFormat.PREFIX, offset + length);
                continue;
            }
            sameWay = false;
            lastHead = head;
            lastRest = rest;
            long source = Ethernet.source(bytes, offset);
            if (!Ethernet.isStation(source)) {
                invalid++;
                continue;
            }
            if (!classify(bytes, in)) {
                continue;
            }
            long destination = Ethernet.destination(bytes, offset);
            if (Ethernet.isMacControl(bareType) || Ethernet.isMacControl(destination)) {
                macControl++;
                continue;
            }
            reserved = Ethernet.isReserved(destination);
            if (mirrors.count() > 0) {
                Arrays.fill(mirrored, 0);
                mirrorReceived(ingressSlot);
            }
            if (!ingress.letsIn(length, nanos)) {
                overLimit++;
                continue;
            }
            long sourceKey = Fdb.key(source, vlan);
            if (sourceKey != lastSource) {
                if (!policy.allows(source)) {
                    sourceNotAllowed++;
                    continue;
                }
                int learned =
                        fdb.learn(sourceKey, ingressSlot, now, learning.limit(), learning.sticky());
                if (learned == Fdb.SPOOFED) {
                    spoofed++;
                    continue;
                }
                if (learned == Fdb.REFUSED && learning.dropBeyond()) {
                    notLearned++;
                    continue;
                }
                if (learned == Fdb.CHANGED) {
                    lastDestination = NO_ADDRESS; // it may have been this one that changed
                }
                lastSource = sourceKey;
            }
            if (reserved && !policy.transparent()) {
                reservedGroup++;
                continue;
            }
            long destinationKey = Fdb.key(destination, vlan);
            if (destinationKey != lastDestination) {
                lastDestination = destinationKey;
                lastSlot = Ethernet.isGroup(destination) ? Fdb.UNKNOWN : fdb.lookUp(destinationKey);
                lastEgress = topology.at(lastSlot);
            }
            if (lastEgress == null) {
                if (!ingress.letsFlood(destination, nanos)) {
                    storm++;
                    continue;
                }
                flood(topology, ingress, destination);
            } else if (lastEgress == ingress) {
                samePort++;
            } else if (policy.isolated() && lastEgress.policy().isolated()) {
                isolated++;
            } else if (topology.vlansAt(lastSlot).contains(vlan)) {
                boolean sent = send(topology, lastEgress, lastSlot);
                sameWay = sent && isFree && wanted(topology.vlansAt(lastSlot)) == form;
            } else {
                notMember++;
            }
        }
        tell(ingress.counters(), count, burst.bytes());
    }

    /** Finds the frame's VLAN and form, or counts why it is not let in. */
    private boolean classify(ByteBuffer bytes, Vlans in) {
        plainCopy = NOT_MADE;
        customerCopy = NOT_MADE;
        serviceCopy = NOT_MADE;
        boolean named = false;
        bareType = VlanTag.type(bytes, offset);
        if (in.readsTags() && bareType == in.tagType()) {
            bareType = VlanTag.innerType(bytes, offset);
            tagType = in.tagType();
            control = VlanTag.control(bytes, offset);
            named = VlanTag.vlan(control) != 0;
            form = named ? tagType : PRIORITY_TAGGED;
        } else {
            tagType = VlanTag.UNTAGGED;
            form = VlanTag.UNTAGGED;
            control = 0;
        }
        Vlans.Admit admitted = in.admit();
        if (admitted != Vlans.Admit.ALL && named != (admitted == Vlans.Admit.TAGGED)) {
            notAdmitted++;
            return false;
        }
        vlan = named ? VlanTag.vlan(control) : in.pvid();
        if (vlan == Vlans.NONE || vlan > Vlans.HIGHEST) {
            noVlan++;
            return false;
        }
        if (!in.contains(vlan)) {
            notAllowed++;
            return false;
        }
        return true;
    }

    /** To every port of the VLAN that may have it, but the one it came from. */
    private void flood(Topology topology, Port ingress, long destination) {
        boolean apart = ingress.policy().isolated();
        int reached = 0;
        for (int i = 0; i < topology.count(); i++) {
            Port egress = topology.port(i);
            int slot = topology.slot(i);
            if (egress == ingress || !topology.vlansAt(slot).contains(vlan)) {
                continue;
            }
            PortPolicy policy = egress.policy();
            if (policy.mirror().isPresent()
                    || apart && policy.isolated()
                    || reserved && !policy.transparent()
                    || !wants(policy.flooding(), destination)) {
                continue;
            }
            reached++;
            send(topology, egress, slot);
        }
        if (reached == 0) {
            lonely++;
        }
    }

    private static boolean wants(Flooding flooding, long destination) {
        if (Ethernet.isBroadcast(destination)) {
            return flooding.broadcast();
        }
        return Ethernet.isGroup(destination) ? flooding.multicast() : flooding.unknown();
    }

    /** The form that a port's wire has for the frame at hand. */
    private int wanted(Vlans out) {
        return vlan == out.pvid() ? VlanTag.UNTAGGED : out.tagType();
    }

    /**
     * A frame that leaves untagged must not begin with what the port's other end would read as the
     * tag of another VLAN ("VLAN hopping": a second tag behind the first, or one of another type).
     *
     * @return false when it is dropped
     */
    private boolean send(Topology topology, Port egress, int slot) {
        Vlans out = topology.vlansAt(slot);
        int wanted = wanted(out);
        if (wanted == VlanTag.UNTAGGED && bareType == out.tagType() && !out.letsNestedTagsOut()) {
            nested++;
            return false;
        }
        int start;
        int end;
        if (wanted == form) {
            start = offset - StreamFormat.PREFIX;
            end = offset + length;
        } else {
            int newLength = VlanTag.lengthAs(length, tagType, wanted);
            if (newLength > StreamFormat.MAX_FRAME) {
                egress.counters().droppedByAnother(DropReason.TAG_TOO_MUCH, 1);
                return false;
            }
            start = copyAs(wanted);
            if (start == Slab.NO_SCRATCH) {
                egress.counters().droppedByAnother(DropReason.NO_BUFFER, 1);
                return false;
            }
            end = start + StreamFormat.PREFIX + newLength;
        }
        dispatch.add(egress, start, end);
        if (mirrors.count() > 0) {
            mirrorSent(slot, start, end);
        }
        return true;
    }

    private void mirrorReceived(int slot) {
        for (int i = 0; i < mirrors.count(); i++) {
            if (mirrors.seesReceived(i, slot, vlan)) {
                mirror(i, offset - StreamFormat.PREFIX, offset + length);
            }
        }
    }

    private void mirrorSent(int slot, int start, int end) {
        for (int i = 0; i < mirrors.count(); i++) {
            if (mirrors.seesSent(i, slot, vlan)) {
                mirror(i, start, end);
            }
        }
    }

    /** One copy of a frame for each mirror, however often it is seen. */
    private void mirror(int number, int start, int end) {
        int word = number / Long.SIZE;
        long bit = 1L << number;
        if ((mirrored[word] & bit) != 0) {
            return;
        }
        mirrored[word] |= bit;
        int from = start;
        int to = end;
        int snap = mirrors.snap(number);
        int size = end - start - StreamFormat.PREFIX;
        if (snap != Mirror.WHOLE && snap < size) {
            Slab slab = dispatch.slab();
            from = slab.claimScratch(StreamFormat.PREFIX + snap);
            if (from == Slab.NO_SCRATCH) {
                mirrors.port(number).counters().droppedByAnother(DropReason.NO_BUFFER, 1);
                return;
            }
            to = from + StreamFormat.PREFIX + snap;
            slab.bytes().putInt(from, snap);
            slab.bytes()
                    .put(
                            from + StreamFormat.PREFIX,
                            slab.bytes(),
                            start + StreamFormat.PREFIX,
                            snap);
        }
        dispatch.add(mirrors.port(number), from, to);
    }

    /** One copy for each form, however many ports want it. */
    private int copyAs(int wanted) {
        switch (wanted) {
            case VlanTag.UNTAGGED:
                if (plainCopy == NOT_MADE) {
                    plainCopy = copy(wanted);
                }
                return plainCopy;
            case Vlans.CUSTOMER_TAG:
                if (customerCopy == NOT_MADE) {
                    customerCopy = copy(wanted);
                }
                return customerCopy;
            default:
                if (serviceCopy == NOT_MADE) {
                    serviceCopy = copy(wanted);
                }
                return serviceCopy;
        }
    }

    private int copy(int wanted) {
        int tag = VlanTag.withVlan(control, vlan);
        return VlanTag.copy(dispatch.slab(), offset, length, tagType, wanted, tag);
    }

    private void startCounting() {
        invalid = 0;
        reservedGroup = 0;
        macControl = 0;
        sourceNotAllowed = 0;
        notLearned = 0;
        spoofed = 0;
        overLimit = 0;
        storm = 0;
        isolated = 0;
        notAdmitted = 0;
        noVlan = 0;
        notAllowed = 0;
        notMember = 0;
        nested = 0;
        samePort = 0;
        lonely = 0;
    }

    private void tell(PortCounters counters, int count, long bytes) {
        counters.received(count, bytes);
        counters.dropped(DropReason.INVALID_SOURCE, invalid);
        counters.dropped(DropReason.RESERVED_GROUP, reservedGroup);
        counters.dropped(DropReason.MAC_CONTROL, macControl);
        counters.dropped(DropReason.SOURCE_NOT_ALLOWED, sourceNotAllowed);
        counters.dropped(DropReason.MAC_LIMIT, notLearned);
        counters.dropped(DropReason.SPOOFED_SOURCE, spoofed);
        counters.dropped(DropReason.INGRESS_LIMIT, overLimit);
        counters.dropped(DropReason.STORM, storm);
        counters.dropped(DropReason.ISOLATED, isolated);
        counters.dropped(DropReason.NOT_ADMITTED, notAdmitted);
        counters.dropped(DropReason.NO_VLAN, noVlan);
        counters.dropped(DropReason.VLAN_NOT_ALLOWED, notAllowed);
        counters.dropped(DropReason.NOT_A_MEMBER, notMember);
        counters.dropped(DropReason.NESTED_TAG, nested);
        counters.dropped(DropReason.SAME_PORT, samePort);
        counters.dropped(DropReason.NO_OTHER_PORT, lonely);
    }
}
