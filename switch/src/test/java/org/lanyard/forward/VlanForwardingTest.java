package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.StreamFormat;
import org.lanyard.policy.Vlans;
import org.lanyard.port.MemoryPort;

/** One rule of IEEE 802.1Q-2022 each. */
final class VlanForwardingTest {
    private static final int CUSTOMER = Vlans.CUSTOMER_TAG;
    private static final int SERVICE = Vlans.SERVICE_TAG;
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BOB = 0x5254_0000_000bL;
    private static final byte[] CALL = Frames.frame(Frames.BROADCAST, ANN, 100, 7);

    private final Lan lan = new Lan();

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static Vlans trunk(int nativeVlan, int... tagged) {
        return trunkOf(CUSTOMER, nativeVlan, tagged);
    }

    private static Vlans trunkOf(int tagType, int nativeVlan, int... tagged) {
        BitSet set = new BitSet();
        for (int vlan : tagged) {
            set.set(vlan);
        }
        return Vlans.trunk(nativeVlan, set, tagType);
    }

    private static void assertSent(MemoryPort port, byte[]... frames) {
        List<byte[]> sent = port.takeSent();
        assertEquals(frames.length, sent.size(), port.name());
        for (int i = 0; i < frames.length; i++) {
            assertArrayEquals(frames[i], sent.get(i), port.name());
        }
    }

    private static void assertDropped(MemoryPort port, DropReason reason, int frames) {
        assertEquals(frames, port.counters().drops(reason), reason.key());
        assertEquals(frames, port.counters().drops(), port.name());
    }

    /** 8.6.4: only ports of the frame's VLAN. */
    @Test
    void shouldKeepAVlanAmongItsPorts() {
        MemoryPort a = lan.plug("a", Vlans.access(10));
        MemoryPort b = lan.plug("b", Vlans.access(10));
        MemoryPort c = lan.plug("c", Vlans.access(20));
        MemoryPort trunk = lan.plug("trunk", trunk(0, 10, 20));
        lan.send(a, CALL);
        assertSent(b, CALL);
        assertSent(c);
        assertSent(trunk, Frames.tagged(CALL, CUSTOMER, 10));
        lan.send(trunk, Frames.tagged(CALL, CUSTOMER, 20));
        assertSent(a);
        assertSent(b);
        assertSent(c, CALL);
    }

    /** 6.9.4: a rewritten tag keeps priority and drop eligibility. */
    @Test
    void shouldKeepPriorityAndDropEligibilityFromTrunkToTrunk() {
        MemoryPort in = lan.plug("in", trunk(1, 10));
        MemoryPort same = lan.plug("same", trunk(0, 1, 10));
        MemoryPort service = lan.plug("service", trunkOf(SERVICE, 0, 1, 10));
        lan.send(in, Frames.tagged(CALL, CUSTOMER, 0xf00a), CALL);
        assertSent(same, Frames.tagged(CALL, CUSTOMER, 0xf00a), Frames.tagged(CALL, CUSTOMER, 1));
        assertSent(service, Frames.tagged(CALL, SERVICE, 0xf00a), Frames.tagged(CALL, SERVICE, 1));
    }

    /** 6.9.1: a priority tag names no VLAN; the port's own is the frame's, its priority stays. */
    @Test
    void shouldGiveAPriorityTaggedFrameThePortsVlan() {
        MemoryPort a = lan.plug("a", Vlans.access(10));
        MemoryPort b = lan.plug("b", Vlans.access(10));
        MemoryPort trunk = lan.plug("trunk", trunk(0, 10));
        lan.send(a, Frames.tagged(CALL, CUSTOMER, 0xe000));
        assertSent(b, CALL);
        assertSent(trunk, Frames.tagged(CALL, CUSTOMER, 0xe00a));
    }

    /** 8.6.2: a frame of a VLAN that its port is not in is not let in, nor learned from. */
    @Test
    void shouldFilterAtTheIngress() {
        MemoryPort a = lan.plug("a", Vlans.access(10));
        MemoryPort trunk = lan.plug("trunk", trunk(0, 10, 20));
        lan.send(a, Frames.tagged(CALL, CUSTOMER, 20));
        assertDropped(a, DropReason.VLAN_NOT_ALLOWED, 1);
        assertSent(trunk);
        assertEquals(0, lan.fdb().size());
        lan.send(a, Frames.tagged(CALL, CUSTOMER, 10));
        assertSent(trunk, Frames.tagged(CALL, CUSTOMER, 10));
    }

    @Test
    void shouldDropWhatHasNoVlan() {
        MemoryPort trunk = lan.plug("trunk", trunk(0, 10));
        MemoryPort all = lan.plug("all", Vlans.trunk(1, Vlans.all(), CUSTOMER));
        lan.send(trunk, CALL, Frames.tagged(CALL, CUSTOMER, 0x2000));
        assertDropped(trunk, DropReason.NO_VLAN, 2);
        lan.send(all, Frames.tagged(CALL, CUSTOMER, 4095));
        assertDropped(all, DropReason.NO_VLAN, 1);
        assertSent(trunk);
    }

    /** 6.9: acceptable frame types; a priority tag counts as none. */
    @Test
    void shouldAdmitOnlyTaggedOrOnlyUntaggedWhereThePortSaysSo() {
        MemoryPort tagged = lan.plug("tagged", trunk(1, 10).admitting(Vlans.Admit.TAGGED));
        MemoryPort plain = lan.plug("plain", Vlans.access(10).admitting(Vlans.Admit.UNTAGGED));
        lan.send(tagged, CALL, Frames.tagged(CALL, CUSTOMER, 0));
        assertDropped(tagged, DropReason.NOT_ADMITTED, 2);
        lan.send(plain, Frames.tagged(CALL, CUSTOMER, 10));
        assertDropped(plain, DropReason.NOT_ADMITTED, 1);
        lan.send(plain, CALL, Frames.tagged(CALL, CUSTOMER, 0));
        assertSent(tagged, Frames.tagged(CALL, CUSTOMER, 10), Frames.tagged(CALL, CUSTOMER, 10));
        lan.send(tagged, Frames.tagged(CALL, CUSTOMER, 10));
        assertSent(plain, CALL);
    }

    /** "QinQ": what a customer tags is payload, and comes out of another tunnel as it went in. */
    @ParameterizedTest
    @ValueSource(ints = {Vlans.CUSTOMER_TAG, Vlans.SERVICE_TAG})
    void shouldCarryACustomersTagsThroughATunnel(int outer) {
        MemoryPort in = lan.plug("in", Vlans.tunnel(100));
        MemoryPort core = lan.plug("core", trunkOf(outer, 0, 100));
        MemoryPort out = lan.plug("out", Vlans.tunnel(100));
        byte[] customers = Frames.tagged(CALL, CUSTOMER, 0x600a);
        byte[] priority = Frames.tagged(CALL, CUSTOMER, 0xe000);
        lan.send(in, customers, CALL, priority);
        assertSent(out, customers, CALL, priority);
        assertSent(
                core,
                Frames.tagged(customers, outer, 100),
                Frames.tagged(CALL, outer, 100),
                Frames.tagged(priority, outer, 100));
        byte[] answer = Frames.frame(ANN, BOB, 100, 8);
        lan.send(core, Frames.tagged(Frames.tagged(answer, CUSTOMER, 10), outer, 0x8064));
        assertSent(in, Frames.tagged(answer, CUSTOMER, 10));
        assertSent(out);
    }

    /** A tag of another type than the port's is an EtherType like any other. */
    @Test
    void shouldTakeATagOfAnotherTypeForPayload() {
        MemoryPort service = lan.plug("service", trunkOf(SERVICE, 5, 10));
        MemoryPort customer = lan.plug("customer", trunk(0, 5, 10));
        lan.send(service, Frames.tagged(CALL, CUSTOMER, 10));
        byte[] inner = Frames.tagged(CALL, CUSTOMER, 10);
        assertSent(customer, Frames.tagged(inner, CUSTOMER, 5));
    }

    /** Independent learning (8.8.7): one address, a port in each VLAN. */
    @Test
    void shouldLearnPerVlan() {
        MemoryPort a = lan.plug("a", Vlans.access(10));
        MemoryPort b = lan.plug("b", Vlans.access(20));
        MemoryPort trunk = lan.plug("trunk", trunk(0, 10, 20));
        MemoryPort other = lan.plug("other", trunk(0, 10, 20));
        lan.send(a, Frames.frame(Frames.BROADCAST, ANN, 100, 1));
        lan.send(b, Frames.frame(Frames.BROADCAST, ANN, 100, 2));
        trunk.takeSent();
        other.takeSent();
        byte[] answer = Frames.frame(ANN, BOB, 100, 3);
        lan.send(
                trunk,
                Frames.tagged(answer, CUSTOMER, 10),
                Frames.tagged(answer, CUSTOMER, 20),
                Frames.tagged(answer, CUSTOMER, 10));
        assertSent(a, answer, answer);
        assertSent(b, answer);
        assertSent(other);
        assertEquals(4, lan.fdb().size());
    }

    @Test
    void shouldPutAPortThatSaysNothingIntoVlanOneWhereOthersSaySomething() {
        MemoryPort silent = lan.plug("silent");
        MemoryPort access = lan.plug("access", Vlans.access(1));
        MemoryPort trunk = lan.plug("trunk", trunk(0, 1, 10));
        lan.send(silent, CALL);
        assertSent(access, CALL);
        assertSent(trunk, Frames.tagged(CALL, CUSTOMER, 1));
        lan.send(silent, Frames.tagged(CALL, CUSTOMER, 10));
        assertDropped(silent, DropReason.VLAN_NOT_ALLOWED, 1);
    }

    @Test
    void shouldTakeTagsForPayloadWhereNoPortSaysAnything() {
        MemoryPort a = lan.plug("a");
        MemoryPort b = lan.plug("b");
        byte[] tagged = Frames.tagged(CALL, CUSTOMER, 4095);
        lan.send(a, tagged);
        assertSent(b, tagged);
    }

    @Test
    void shouldCountAFrameThatFindsNobodyElseInItsVlan() {
        MemoryPort a = lan.plug("a", Vlans.access(10));
        lan.plug("b", Vlans.access(20));
        lan.send(a, CALL);
        assertDropped(a, DropReason.NO_OTHER_PORT, 1);
    }

    /** QEMU closes a connection on which a longer frame comes. */
    @Test
    void shouldDropWhatItsTagWouldMakeTooLong() {
        MemoryPort a = lan.plug("a", Vlans.access(10));
        MemoryPort b = lan.plug("b", Vlans.access(10));
        MemoryPort trunk = lan.plug("trunk", trunk(0, 10));
        byte[] longest = Frames.frame(Frames.BROADCAST, ANN, StreamFormat.MAX_FRAME, 1);
        lan.send(a, longest);
        assertSent(b, longest);
        assertSent(trunk);
        assertDropped(trunk, DropReason.TAG_TOO_MUCH, 1);
        assertEquals(0, a.counters().drops(), "b has it");
        byte[] fits = Frames.frame(Frames.BROADCAST, ANN, StreamFormat.MAX_FRAME - 4, 1);
        lan.send(a, fits);
        assertSent(trunk, Frames.tagged(fits, CUSTOMER, 10));
    }

    /** Short frames are padded for the form that they leave in. */
    @Test
    void shouldPadWhatLosesItsTag() {
        MemoryPort a = lan.plug("a", Vlans.access(10));
        MemoryPort trunk = lan.plug("trunk", trunk(0, 10));
        byte[] arp = Frames.frame(Frames.BROADCAST, ANN, 42, 1);
        lan.send(trunk, Frames.padded(Frames.tagged(arp, CUSTOMER, 10)));
        assertSent(a, Frames.padded(arp));
    }
}
