package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class StaticEntryTest {
    private static final long ANN = Fdb.key(0x5254_0000_000aL, 1);
    private static final long BEN = Fdb.key(0x5254_0000_000bL, 20);

    private final Fdb fdb = new Fdb(4);

    private int flushed(int port, int vlan) {
        Flush flush = fdb.flush(port, vlan);
        while (flush.more()) {
            assertTrue(flush.count() <= fdb.capacity());
        }
        return flush.count();
    }

    @Test
    void shouldStayWhateverIsSeen() {
        assertTrue(fdb.addStatic(ANN, 3, 0));
        assertFalse(fdb.learn(ANN, 5, 1));
        assertEquals(3, fdb.lookUp(ANN));
        assertEquals(0, fdb.moves());
        assertEquals(1, fdb.held());
        assertEquals(0x5254_0000_000aL, fdb.takeHeld()[0].mac());
        assertEquals(0, fdb.age(1_000_000, 1));
        assertEquals(0, flushed(3, -1));
        assertEquals(1, fdb.size());
        assertTrue(fdb.entries(0)[0].isStatic());
    }

    @Test
    void shouldTakeOverWhatWasLearned() {
        fdb.learn(ANN, 5, 0);
        assertTrue(fdb.addStatic(ANN, 3, 0));
        assertEquals(3, fdb.lookUp(ANN));
        assertEquals(1, fdb.size());
        assertEquals(0, flushed(-1, -1));
    }

    @Test
    void shouldTakeThePlaceOfALearnedOneInAFullTableAndNeverTheOtherWay() {
        for (int i = 0; i < 4; i++) {
            fdb.learn(Fdb.key(100 + i, 1), 1, 0);
        }
        for (int i = 0; i < 3; i++) {
            assertTrue(fdb.addStatic(Fdb.key(200 + i, 1), 2, 0), "static " + i);
        }
        assertEquals(4, fdb.size());
        for (int i = 0; i < 1_000; i++) {
            fdb.learn(Fdb.key(1_000 + i, 1), i % 7, 0);
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(2, fdb.lookUp(Fdb.key(200 + i, 1)), "static " + i);
        }
    }

    @Test
    void shouldRefuseOneMoreThanThereIsRoomFor() {
        for (int i = 0; i < 4; i++) {
            assertTrue(fdb.addStatic(Fdb.key(200 + i, 1), i, 0));
        }
        assertFalse(fdb.addStatic(ANN, 9, 0));
        assertFalse(fdb.learn(ANN, 9, 0));
        assertEquals(4, fdb.size());
    }

    @Test
    void shouldGoWithItsPortOrByName() {
        fdb.addStatic(ANN, 3, 0);
        fdb.addStatic(BEN, 4, 0);
        assertEquals(1, fdb.flush(3));
        assertEquals(Fdb.UNKNOWN, fdb.lookUp(ANN));
        assertTrue(fdb.remove(BEN));
        assertFalse(fdb.remove(BEN));
        assertEquals(0, fdb.size());
    }

    @Test
    void shouldFlushWhatWasLearnedByPortAndByVlan() {
        fdb.learn(ANN, 1, 0);
        fdb.learn(BEN, 1, 0);
        fdb.learn(Fdb.key(7, 20), 2, 0);
        assertEquals(1, flushed(1, 20));
        assertEquals(Fdb.UNKNOWN, fdb.lookUp(BEN));
        assertEquals(1, flushed(-1, 20));
        assertEquals(1, flushed(1, -1));
        assertEquals(0, fdb.size());
    }
}
