package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.Mirror;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.MemoryPort;

/**
 * Flow control is between two ends of one cable (IEEE 802.3, clause 31; 802.1Q-2022, table 8-1): a
 * guest must not stop somebody else's card, whatever the ports let pass.
 */
final class MacControlTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final long PAUSE = 0x0180_c200_0001L;
    private static final PortPolicy TRANSPARENT = PortPolicy.NONE.withTransparent(true);

    private final Lan lan = new Lan();

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static byte[] frame(long destination, int type, int mark) {
        byte[] frame = Frames.frame(destination, ANN, 64, mark);
        ByteBuffer.wrap(frame).putShort(12, (short) type);
        return frame;
    }

    @ParameterizedTest
    @ValueSource(longs = {PAUSE, BEN, Frames.BROADCAST, 0x0100_5e00_0001L, 0x0180_c200_000eL})
    void shouldNotPassToAnyAddressNotEvenBetweenTransparentPorts(long destination) {
        for (PortPolicy policy : List.of(TRANSPARENT, PortPolicy.NONE)) {
            try (Lan own = new Lan()) {
                MemoryPort a = own.plug("a", policy);
                MemoryPort b = own.plug("b", policy);
                own.send(
                        a,
                        frame(Frames.BROADCAST, 0x0800, 1),
                        frame(destination, 0x8808, 2),
                        frame(destination, 0x8808, 3),
                        frame(Frames.BROADCAST, 0x0800, 4));
                assertEquals(List.of(1, 4), Lan.marks(b), policy.toString());
                assertEquals(2, a.counters().drops(DropReason.MAC_CONTROL));
                assertEquals(2, a.counters().drops());
                assertEquals(4, a.counters().rxPackets());
            }
        }
    }

    /** Its group is nobody else's either. */
    @Test
    void shouldNotPassToItsGroupWhateverTheType() {
        MemoryPort a = lan.plug("a", TRANSPARENT);
        MemoryPort b = lan.plug("b", TRANSPARENT);
        lan.send(a, frame(PAUSE, 0x0800, 1), frame(0x0180_c200_0002L, 0x8809, 2));
        assertEquals(List.of(2), Lan.marks(b), "LACP passes");
        assertEquals(1, a.counters().drops(DropReason.MAC_CONTROL));
    }

    /** Without the tag it would be flow control at the other port. */
    @Test
    void shouldNotPassBehindATagThatIsTakenOff() {
        BitSet ten = new BitSet();
        ten.set(10);
        MemoryPort trunk = lan.plug("trunk", Vlans.trunk(0, ten, Vlans.CUSTOMER_TAG));
        MemoryPort access = lan.plug("access", Vlans.access(10));
        lan.send(trunk, Frames.tagged(frame(BEN, 0x8808, 1), Vlans.CUSTOMER_TAG, 10));
        assertEquals(0, access.takeSent().size());
        assertEquals(1, trunk.counters().drops(DropReason.MAC_CONTROL));
    }

    @Test
    void shouldNotBeCopiedToAMirror() {
        MemoryPort a = lan.plug("a");
        Mirror all = new Mirror(Set.of(), new BitSet(), true, true, Mirror.WHOLE);
        MemoryPort mirror = lan.plug("mirror", PortPolicy.NONE.with(all));
        lan.send(a, frame(PAUSE, 0x8808, 1));
        assertEquals(0, mirror.takeSent().size());
    }
}
