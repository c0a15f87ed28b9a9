package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.MemoryPort;

/** Whoever sends with an address that another port guards is not believed, nor heard. */
final class GuardTest {
    private static final long GATEWAY = 0x5255_0a00_0202L;
    private static final long ANN = 0x5254_0000_000aL;

    private final Lan lan = new Lan();
    private final MemoryPort gateway = lan.plug("gateway", PortPolicy.NONE.withGuarding(true));
    private final MemoryPort ann = lan.plug("ann");
    private final MemoryPort attacker = lan.plug("attacker");

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
    void shouldDropAndCountWhatComesWithAGuardedAddressFromElsewhere() {
        lan.send(gateway, from(GATEWAY, 1));
        ann.takeSent();
        lan.send(attacker, from(GATEWAY, 2), from(GATEWAY, 3), from(ANN, 4));
        assertEquals(gateway.slot(), slotOf(GATEWAY));
        assertEquals(List.of(4), Lan.marks(ann), "only what is its own");
        assertEquals(2, attacker.counters().drops(DropReason.SPOOFED_SOURCE));
        assertEquals(2, attacker.counters().drops());
        assertEquals(2, lan.fdb().spoofed());
    }

    @Test
    void shouldGuardStaticAddressesBeforeTheyAreSeen() {
        lan.fabric().addStatic(Fdb.key(GATEWAY, Forwarder.VLAN), gateway, 0);
        lan.send(attacker, from(GATEWAY, 1));
        assertEquals(1, attacker.counters().drops(DropReason.SPOOFED_SOURCE));
    }

    @Test
    void shouldLetAddressesOfOtherPortsMove() {
        lan.send(ann, from(ANN, 1));
        lan.send(attacker, from(ANN, 2));
        assertEquals(attacker.slot(), slotOf(ANN), "nobody guards it");
        assertEquals(0, attacker.counters().drops());
    }

    @Test
    void shouldBeginAndEndWithThePortsSetting() {
        lan.send(ann, from(ANN, 1));
        lan.fabric().change(ann, PortPolicy.NONE.withGuarding(true));
        lan.send(attacker, from(ANN, 2));
        assertEquals(ann.slot(), slotOf(ANN));
        lan.fabric().change(ann, PortPolicy.NONE);
        lan.send(attacker, from(ANN, 3));
        assertEquals(attacker.slot(), slotOf(ANN));
        assertEquals(1, attacker.counters().drops(DropReason.SPOOFED_SOURCE));
    }

    @Test
    void shouldGuardNothingForThePortThatHasTheSlotNext() {
        int slot = gateway.slot();
        lan.fabric().unplug(gateway);
        MemoryPort next = lan.plug("next");
        assertEquals(slot, next.slot());
        lan.send(next, from(GATEWAY, 1));
        lan.send(attacker, from(GATEWAY, 2));
        assertEquals(attacker.slot(), slotOf(GATEWAY));
    }
}
