package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.port.MemoryPort;

final class FloodingTest {
    private static final long ANN = 0x5254_0000_000aL;

    private final Lan lan = new Lan();
    private final MemoryPort a = lan.plug("a");

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static byte[] frame(long destination, long source, int mark) {
        return Frames.frame(destination, source, 60 + mark, mark);
    }

    /** Broadcast, IPv4 and IPv6 multicast, and a station nobody has seen. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                Frames.BROADCAST,
                0x0100_5e00_00fbL,
                0x3333_0000_0001L,
                0x0180_c200_0010L,
                0x5254_00ff_ffffL
            })
    void shouldReachEveryOtherPortOnceAndNeverComeBack(long destination) {
        MemoryPort b = lan.plug("b");
        MemoryPort c = lan.plug("c");
        lan.send(a, frame(destination, ANN, 1), frame(destination, ANN, 2));
        assertEquals(List.of(1, 2), Lan.marks(b));
        assertEquals(List.of(1, 2), Lan.marks(c));
        assertEquals(List.of(), Lan.marks(a));
        assertEquals(2, a.counters().rxPackets());
        assertEquals(123, a.counters().rxBytes());
        assertEquals(2, b.counters().txPackets());
        assertEquals(123, b.counters().txBytes());
    }

    @Test
    void shouldCountAFrameThatFindsNoOtherPort() {
        lan.send(a, frame(Frames.BROADCAST, ANN, 1), frame(0x5254_00ff_ffffL, ANN, 2));
        assertEquals(2, a.counters().drops(DropReason.NO_OTHER_PORT));
        assertEquals(2, a.counters().drops());
        assertEquals(List.of(), Lan.marks(a));
    }

    @Test
    void shouldCountAFrameForAStationBehindItsOwnPort() {
        MemoryPort b = lan.plug("b");
        lan.send(a, frame(Frames.BROADCAST, ANN, 1));
        b.takeSent();
        lan.send(a, frame(ANN, ANN + 1, 2), frame(ANN, ANN, 3));
        assertEquals(2, a.counters().drops(DropReason.SAME_PORT));
        assertEquals(2, a.counters().drops());
        assertEquals(List.of(), Lan.marks(b));
        assertEquals(List.of(), Lan.marks(a));
    }

    @Test
    void shouldNotReachAPortThatIsUnplugged() {
        MemoryPort b = lan.plug("b");
        MemoryPort c = lan.plug("c");
        lan.fabric().unplug(b);
        lan.send(a, frame(Frames.BROADCAST, ANN, 1));
        assertEquals(List.of(), Lan.marks(b));
        assertEquals(List.of(1), Lan.marks(c));
    }

    @Test
    void shouldKeepOrderWhenOneBurstGoesBothWays() {
        MemoryPort b = lan.plug("b");
        MemoryPort c = lan.plug("c");
        long ben = ANN + 1;
        lan.send(b, frame(Frames.BROADCAST, ben, 1));
        a.takeSent();
        c.takeSent();
        lan.send(
                a,
                frame(ben, ANN, 2),
                frame(Frames.BROADCAST, ANN, 3),
                frame(ben, ANN, 4),
                frame(ben, ANN, 5),
                frame(ANN, ANN, 6),
                frame(ben, ANN, 7));
        assertEquals(List.of(2, 3, 4, 5, 7), Lan.marks(b));
        assertEquals(List.of(3), Lan.marks(c));
    }

    /** One burst that needs more runs than there are at once. */
    @Test
    void shouldLoseNothingWhenTheOutboxIsFullInTheMiddleOfABurst() {
        int ports = 400;
        int floods = 100;
        try (Lan wide = new Lan(1024, ports)) {
            List<MemoryPort> all = new ArrayList<>();
            for (int i = 0; i < ports; i++) {
                all.add(wide.plug("p" + i));
            }
            List<byte[]> burst = new ArrayList<>();
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < floods; i++) {
                burst.add(frame(Frames.BROADCAST, ANN, i));
                burst.add(frame(ANN, ANN, 1000 + i)); // a gap: floods are no neighbours
                expected.add(i);
            }
            wide.send(all.get(0), burst);
            assertEquals(List.of(), Lan.marks(all.get(0)));
            for (MemoryPort port : all.subList(1, ports)) {
                assertEquals(expected, Lan.marks(port), port.name());
            }
            assertEquals(floods, all.get(0).counters().drops(DropReason.SAME_PORT));
        }
    }
}
