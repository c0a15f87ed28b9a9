package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.MemoryPort;

/** Isolated ports reach only those that are not (the kernel's bridge: {@code isolated on}). */
final class IsolationTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final PortPolicy ISOLATED = PortPolicy.NONE.withIsolated(true);

    private final Lan lan = new Lan();
    private final MemoryPort a = lan.plug("a", ISOLATED);
    private final MemoryPort b = lan.plug("b", ISOLATED);
    private final MemoryPort open = lan.plug("open");

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static byte[] frame(long destination, long source, int mark) {
        return Frames.frame(destination, source, 60, mark);
    }

    @Test
    void shouldFloodFromAnIsolatedPortToOpenOnesAlone() {
        lan.send(a, frame(Frames.BROADCAST, ANN, 1), frame(0x0100_5e00_0001L, ANN, 2));
        lan.send(a, frame(BEN, ANN, 3));
        assertEquals(List.of(), Lan.marks(b));
        assertEquals(List.of(1, 2, 3), Lan.marks(open));
        assertEquals(0, a.counters().drops());
    }

    @Test
    void shouldFloodFromAnOpenPortToAll() {
        lan.send(open, frame(Frames.BROADCAST, ANN, 1));
        assertEquals(List.of(1), Lan.marks(a));
        assertEquals(List.of(1), Lan.marks(b));
    }

    @Test
    void shouldDropAndCountBetweenStationsThatAreKnown() {
        lan.send(b, frame(Frames.BROADCAST, BEN, 1));
        lan.send(a, frame(BEN, ANN, 2));
        assertEquals(List.of(), Lan.marks(b));
        assertEquals(List.of(1), Lan.marks(open), "nor is it flooded");
        assertEquals(1, a.counters().drops(DropReason.ISOLATED));
        assertEquals(1, a.counters().drops());
    }

    @Test
    void shouldReachAnOpenStationAndBeReachedByIt() {
        lan.send(open, frame(Frames.BROADCAST, BEN, 1));
        a.takeSent();
        lan.send(a, frame(BEN, ANN, 2));
        lan.send(open, frame(ANN, BEN, 3));
        assertEquals(List.of(2), Lan.marks(open));
        assertEquals(List.of(3), Lan.marks(a));
    }

    @Test
    void shouldCountAFrameThatNobodyMayHave() {
        lan.fabric().unplug(open);
        lan.send(a, frame(Frames.BROADCAST, ANN, 1));
        assertEquals(1, a.counters().drops(DropReason.NO_OTHER_PORT));
    }

    /** Tags are still payload where no port says anything of VLANs. */
    @Test
    void shouldLeaveTagsAlone() {
        byte[] tagged = Frames.tagged(frame(Frames.BROADCAST, ANN, 1), Vlans.CUSTOMER_TAG, 4095);
        lan.send(a, tagged);
        assertEquals(tagged.length, open.takeSent().get(0).length);
    }
}
