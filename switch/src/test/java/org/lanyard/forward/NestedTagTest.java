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
import org.lanyard.policy.Vlans;
import org.lanyard.port.MemoryPort;

/** A frame never leaves in a form that puts it into another VLAN at the other end of the wire. */
final class NestedTagTest {
    private static final int CUSTOMER = Vlans.CUSTOMER_TAG;
    private static final int SERVICE = Vlans.SERVICE_TAG;
    private static final long ANN = 0x5254_0000_000aL;
    private static final byte[] CALL = Frames.frame(Frames.BROADCAST, ANN, 100, 7);

    private final Lan lan = new Lan();

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static Vlans trunk(int tagType, int nativeVlan, int... tagged) {
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

    /** By a priority tag, or by the tag of its own VLAN. */
    @ParameterizedTest
    @ValueSource(ints = {0, 0xe000, 10, 0x600a})
    void shouldNotLetAnAccessPortReachAnotherVlanBehindATrunk(int outer) {
        MemoryPort guest =
                lan.plug(
                        "guest",
                        (outer & 0xfff) == 0
                                ? Vlans.access(10).admitting(Vlans.Admit.UNTAGGED)
                                : Vlans.access(10));
        MemoryPort uplink = lan.plug("uplink", trunk(CUSTOMER, 10, 20));
        MemoryPort tagged = lan.plug("tagged", trunk(CUSTOMER, 0, 10, 20));
        byte[] inner = Frames.tagged(CALL, CUSTOMER, 20);
        byte[] hop = Frames.tagged(inner, CUSTOMER, outer);
        lan.send(guest, hop, Frames.tagged(CALL, CUSTOMER, outer), hop);
        assertSent(uplink, CALL);
        assertEquals(3, tagged.takeSent().size(), "there its own tag stays in front");
        assertEquals(2, guest.counters().drops(DropReason.NESTED_TAG));
        assertEquals(2, guest.counters().drops());
    }

    /** What is no tag to the one port is a tag to the other. */
    @Test
    void shouldNotLetATagThrougThatOnlyTheOtherEndReads() {
        MemoryPort guest = lan.plug("guest", Vlans.access(10));
        MemoryPort tunnel = lan.plug("tunnel", Vlans.tunnel(10));
        MemoryPort service = lan.plug("service", trunk(SERVICE, 10, 20));
        lan.send(guest, Frames.tagged(CALL, SERVICE, 20));
        assertSent(service);
        assertEquals(1, guest.counters().drops(DropReason.NESTED_TAG));
        assertSent(tunnel, Frames.tagged(CALL, SERVICE, 20));
        byte[] customers = Frames.tagged(CALL, CUSTOMER, 30);
        lan.send(tunnel, customers, customers);
        assertSent(service, customers, customers);
        assertSent(guest);
        assertEquals(2, tunnel.counters().drops(DropReason.NESTED_TAG), "an access port reads it");
    }

    /** Learned or flooded, alone or the second of its kind. */
    @Test
    void shouldNotLetItThroughToAStationThatIsKnownEither() {
        MemoryPort guest = lan.plug("guest", Vlans.access(10));
        MemoryPort uplink = lan.plug("uplink", trunk(SERVICE, 10, 20));
        lan.send(uplink, Frames.frame(Frames.BROADCAST, 0x5254_0000_000bL, 100, 1));
        guest.takeSent();
        byte[] known = Frames.tagged(Frames.frame(0x5254_0000_000bL, ANN, 100, 2), SERVICE, 20);
        lan.send(guest, known, known, known);
        assertSent(uplink);
        assertEquals(3, guest.counters().drops(DropReason.NESTED_TAG));
    }

    @Test
    void shouldLetItThroughWhereThePortSaysSo() {
        MemoryPort guest = lan.plug("guest", Vlans.access(10));
        MemoryPort uplink = lan.plug("uplink", trunk(CUSTOMER, 10, 20).withNestedTags(true));
        byte[] inner = Frames.tagged(CALL, CUSTOMER, 20);
        lan.send(guest, Frames.tagged(inner, CUSTOMER, 10));
        assertSent(uplink, inner);
        assertEquals(0, guest.counters().drops());
    }
}
