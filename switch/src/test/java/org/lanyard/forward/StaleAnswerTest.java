package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.port.MemoryPort;

/** The last source and destination are remembered within a burst; nobody must be able to tell. */
final class StaleAnswerTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;

    private final Lan lan = new Lan();
    private final MemoryPort a = lan.plug("a");
    private final MemoryPort b = lan.plug("b");
    private final MemoryPort c = lan.plug("c");

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static byte[] frame(long destination, long source, int mark) {
        return Frames.frame(destination, source, 60, mark);
    }

    @Test
    void shouldSeeWithinABurstThatTheDestinationMovedToThisVeryPort() {
        lan.send(b, frame(Frames.BROADCAST, BEN, 1));
        b.takeSent();
        c.takeSent();
        lan.send(a, frame(BEN, ANN, 2), frame(BEN, BEN, 3), frame(BEN, ANN, 4));
        assertEquals(List.of(2), Lan.marks(b), "only before it moved");
        assertEquals(List.of(), Lan.marks(c));
        assertEquals(2, a.counters().drops(DropReason.SAME_PORT));
    }

    @Test
    void shouldSeeWithinABurstThatAnUnknownDestinationWasLearned() {
        lan.send(a, frame(BEN, ANN, 1), frame(ANN, BEN, 2), frame(BEN, ANN, 3));
        assertEquals(List.of(1), Lan.marks(b), "flooded only while it was unknown");
        assertEquals(2, a.counters().drops(DropReason.SAME_PORT));
    }

    @Test
    void shouldLookAgainInTheNextBurst() {
        lan.send(b, frame(Frames.BROADCAST, BEN, 1));
        lan.send(a, frame(BEN, ANN, 2));
        lan.send(c, frame(Frames.BROADCAST, BEN, 3));
        b.takeSent();
        c.takeSent();
        lan.send(a, frame(BEN, ANN, 4));
        assertEquals(List.of(), Lan.marks(b));
        assertEquals(List.of(4), Lan.marks(c));
    }

    @Test
    void shouldLearnTheSourceAnewInTheNextBurst() {
        lan.send(a, frame(Frames.BROADCAST, ANN, 1));
        lan.send(b, frame(Frames.BROADCAST, ANN, 2));
        lan.send(a, frame(Frames.BROADCAST, ANN, 3));
        assertEquals(a.slot(), lan.fdb().lookUp(Fdb.key(ANN, Forwarder.VLAN)));
        assertEquals(2, lan.fdb().moves());
    }

    @Test
    void shouldNotTakeAnInvalidSourceForTheOneBeforeIt() {
        lan.send(
                a,
                frame(Frames.BROADCAST, ANN, 1),
                frame(Frames.BROADCAST, 0, 2),
                frame(Frames.BROADCAST, ANN, 3),
                frame(Frames.BROADCAST, 0, 4));
        assertEquals(List.of(1, 3), Lan.marks(b));
        assertEquals(2, a.counters().drops(DropReason.INVALID_SOURCE));
    }

    @Test
    void shouldTellAGroupFromTheStationLookedUpBeforeIt() {
        lan.send(b, frame(Frames.BROADCAST, BEN, 1));
        b.takeSent();
        c.takeSent();
        lan.send(a, frame(BEN, ANN, 2), frame(Frames.BROADCAST, ANN, 3), frame(BEN, ANN, 4));
        assertEquals(List.of(2, 3, 4), Lan.marks(b));
        assertEquals(List.of(3), Lan.marks(c));
    }
}
