package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.Learning;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.MemoryPort;

/** How many addresses a port may have, and what becomes of the others. */
final class AddressLimitTest {
    private static final long FIRST = 0x5254_0000_0000L;

    private final Lan lan = new Lan(1024, 16);
    private final MemoryPort other = lan.plug("other");

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static byte[] from(long source, int mark) {
        return Frames.frame(Frames.BROADCAST, source, 60, mark);
    }

    private int slotOf(long mac) {
        return lan.fdb().lookUp(Fdb.key(mac, Forwarder.VLAN));
    }

    @Test
    void shouldForwardWhatItDoesNotLearn() {
        MemoryPort port = lan.plug("port", PortPolicy.NONE.with(new Learning(2, false, false)));
        lan.send(port, from(FIRST, 1), from(FIRST + 1, 2), from(FIRST + 2, 3), from(FIRST, 4));
        assertEquals(List.of(1, 2, 3, 4), Lan.marks(other));
        assertEquals(Fdb.UNKNOWN, slotOf(FIRST + 2));
        assertEquals(port.slot(), slotOf(FIRST + 1));
        assertEquals(0, port.counters().drops());
    }

    @Test
    void shouldDropBeyondTheLimitWhereThePortSaysSo() {
        MemoryPort port = lan.plug("port", PortPolicy.NONE.with(new Learning(2, true, false)));
        lan.send(
                port,
                from(FIRST, 1),
                from(FIRST + 1, 2),
                from(FIRST + 2, 3),
                from(FIRST + 2, 4),
                from(FIRST, 5));
        assertEquals(List.of(1, 2, 5), Lan.marks(other));
        assertEquals(2, port.counters().drops(DropReason.MAC_LIMIT));
        assertEquals(2, port.counters().drops());
    }

    @Test
    void shouldHaveRoomAgainWhenOneAged() {
        MemoryPort port = lan.plug("port", PortPolicy.NONE.with(new Learning(1, true, false)));
        lan.send(port, from(FIRST, 1));
        lan.pass(300);
        assertEquals(1, lan.fdb().age(lan.clock().seconds(), 300));
        lan.send(port, from(FIRST + 1, 2));
        assertEquals(List.of(1, 2), Lan.marks(other));
    }

    @Test
    void shouldCountAnAddressThatMovesIn() {
        MemoryPort port = lan.plug("port", PortPolicy.NONE.with(new Learning(1, true, false)));
        lan.send(port, from(FIRST, 1));
        lan.send(other, from(FIRST + 1, 2));
        lan.send(port, from(FIRST + 1, 3));
        assertEquals(other.slot(), slotOf(FIRST + 1), "it stays where it may be");
        assertEquals(1, port.counters().drops(DropReason.MAC_LIMIT));
        lan.send(other, from(FIRST, 4));
        lan.send(port, from(FIRST + 1, 5));
        assertEquals(port.slot(), slotOf(FIRST + 1), "the other one has moved away");
    }

    @Test
    void shouldHoldWhatSticksUntilItAges() {
        MemoryPort port = lan.plug("port", PortPolicy.NONE.with(new Learning(9, false, true)));
        lan.send(port, from(FIRST, 1));
        lan.send(other, from(FIRST, 2));
        assertEquals(port.slot(), slotOf(FIRST));
        assertEquals(1, lan.fdb().held());
        assertEquals(List.of(2), Lan.marks(port), "the frame itself is forwarded");
        lan.pass(300);
        lan.fdb().age(lan.clock().seconds(), 300);
        lan.send(other, from(FIRST, 3));
        assertEquals(other.slot(), slotOf(FIRST));
    }

    /** A million addresses behind one port: the others keep theirs, and can still learn. */
    @Test
    void shouldNotLetAFloodOfAddressesPushOthersOut() {
        MemoryPort attacker = lan.plug("attacker");
        MemoryPort late = lan.plug("late");
        for (int i = 0; i < 50; i++) {
            lan.send(other, from(FIRST + i, i));
        }
        for (int i = 0; i < 1_000_000; i++) {
            lan.send(attacker, from(0x0200_0000_0000L + i, i));
            if (i % 1_000 == 0) {
                other.takeSent();
                late.takeSent();
            }
        }
        assertEquals(1024, lan.fdb().size());
        for (int i = 0; i < 50; i++) {
            assertEquals(other.slot(), slotOf(FIRST + i), "address " + i);
        }
        lan.send(late, from(FIRST + 99, 0));
        assertEquals(late.slot(), slotOf(FIRST + 99), "in the place of one of the attacker's");
        assertEquals(1024, lan.fdb().size());
        assertTrue(lan.fdb().refused() >= 998_000, lan.fdb().refused() + " refused");
    }
}
