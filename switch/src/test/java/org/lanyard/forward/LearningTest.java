package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.port.MemoryPort;

final class LearningTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final int AGEING = 300;

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

    private void forget() {
        a.takeSent();
        b.takeSent();
        c.takeSent();
    }

    @Test
    void shouldSendOnlyToThePortBehindWhichTheAddressIs() {
        lan.send(b, frame(Frames.BROADCAST, BEN, 1));
        forget();
        lan.send(a, frame(BEN, ANN, 2));
        lan.send(b, frame(ANN, BEN, 3));
        assertEquals(List.of(2), Lan.marks(b));
        assertEquals(List.of(3), Lan.marks(a));
        assertEquals(List.of(), Lan.marks(c));
    }

    @Test
    void shouldLearnFromAFrameThatIsFloodedAndFromOneThatGoesNowhere() {
        lan.send(a, frame(0x5254_0000_00ffL, ANN, 1));
        lan.send(b, frame(BEN, BEN, 2));
        assertEquals(a.slot(), lan.fdb().lookUp(Fdb.key(ANN, Forwarder.VLAN)));
        assertEquals(b.slot(), lan.fdb().lookUp(Fdb.key(BEN, Forwarder.VLAN)));
    }

    @Test
    void shouldFollowAStationThatMoved() {
        lan.send(b, frame(Frames.BROADCAST, BEN, 1));
        lan.send(c, frame(Frames.BROADCAST, BEN, 2));
        assertEquals(1, lan.fdb().moves());
        forget();
        lan.send(a, frame(BEN, ANN, 3));
        assertEquals(List.of(3), Lan.marks(c));
        assertEquals(List.of(), Lan.marks(b));
    }

    @Test
    void shouldForgetWhoWasNotSeenForTheAgeingTime() {
        lan.send(b, frame(Frames.BROADCAST, BEN, 1));
        lan.pass(AGEING - 1);
        assertEquals(0, lan.fdb().age(lan.clock().seconds(), AGEING));
        lan.pass(1);
        assertEquals(1, lan.fdb().age(lan.clock().seconds(), AGEING));
        forget();
        lan.send(a, frame(BEN, ANN, 2));
        assertEquals(List.of(2), Lan.marks(b));
        assertEquals(List.of(2), Lan.marks(c));
    }

    @Test
    void shouldKeepWhoIsSeenAgain() {
        lan.send(b, frame(Frames.BROADCAST, BEN, 1));
        lan.pass(AGEING - 1);
        lan.send(b, frame(Frames.BROADCAST, BEN, 2));
        lan.pass(AGEING - 1);
        assertEquals(0, lan.fdb().age(lan.clock().seconds(), AGEING));
        assertEquals(1, lan.fdb().size());
    }

    @Test
    void shouldForgetTheAddressesBehindAPortThatGoesAndNoOthers() {
        lan.send(a, frame(Frames.BROADCAST, ANN, 1));
        lan.send(b, frame(Frames.BROADCAST, BEN, 2));
        lan.fabric().unplug(b);
        forget();
        assertEquals(1, lan.fdb().size());
        lan.send(c, frame(ANN, BEN + 1, 3));
        assertEquals(List.of(3), Lan.marks(a));
        lan.send(a, frame(BEN, ANN, 4));
        assertEquals(List.of(4), Lan.marks(c));
        assertEquals(List.of(), Lan.marks(b));
    }

    @Test
    void shouldSendNothingOldToThePortThatTakesTheSlotNext() {
        lan.send(b, frame(Frames.BROADCAST, BEN, 1));
        int slot = b.slot();
        lan.fabric().unplug(b);
        MemoryPort d = lan.plug("d");
        assertEquals(slot, d.slot());
        forget();
        lan.send(a, frame(BEN, ANN, 2));
        assertEquals(List.of(2), Lan.marks(c), "flooded: nobody knows where it is now");
        assertEquals(List.of(2), Lan.marks(d));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x0100_0000_0000L, 0x3333_0000_0001L, Frames.BROADCAST})
    void shouldRefuseASourceThatIsNoStation(long source) {
        lan.send(
                a,
                frame(Frames.BROADCAST, source, 1),
                frame(Frames.BROADCAST, ANN, 2),
                frame(BEN, source, 3));
        assertEquals(List.of(2), Lan.marks(b));
        assertEquals(2, a.counters().drops(DropReason.INVALID_SOURCE));
        assertEquals(2, a.counters().drops());
        assertEquals(3, a.counters().rxPackets());
        assertEquals(1, lan.fdb().size());
        assertEquals(0, b.counters().drops() + c.counters().drops());
    }

    /** What is remembered of the frame before must not look like one that was let in. */
    @ParameterizedTest
    @ValueSource(ints = {0, 0x0800, 0xffff})
    void shouldRefuseASourceThatIsNoStationWhateverItsTypeAndPlace(int type) {
        byte[][] frames = new byte[4][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = frame(Frames.BROADCAST, i % 2 == 0 ? Frames.BROADCAST : 0, i);
            frames[i][12] = (byte) ((i % 2 == 0 ? type : ~type) >>> Byte.SIZE);
            frames[i][13] = (byte) (i % 2 == 0 ? type : ~type);
        }
        lan.send(a, frames);
        assertEquals(List.of(), Lan.marks(b));
        assertEquals(4, a.counters().drops(DropReason.INVALID_SOURCE));
    }

    @Test
    void shouldFloodToAStationThatTheFullTableRefused() {
        try (Lan small = new Lan(1, 4)) {
            MemoryPort one = small.plug("one");
            MemoryPort two = small.plug("two");
            MemoryPort three = small.plug("three");
            small.send(one, frame(Frames.BROADCAST, ANN, 1));
            small.send(two, frame(ANN, BEN, 2));
            assertEquals(List.of(2), Lan.marks(one), "the one that is known stays known");
            three.takeSent();
            small.send(one, frame(BEN, ANN, 3));
            assertEquals(List.of(3), Lan.marks(three));
            assertTrue(small.fdb().refused() > 0);
        }
    }
}
