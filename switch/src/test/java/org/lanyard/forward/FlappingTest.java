package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** An address that moves to and fro, as behind a loop, is held where it is for a while. */
final class FlappingTest {
    private static final int ALLOWED = 5;
    private static final long ANN = Fdb.key(0x5254_0000_000aL, 1);
    private static final long BEN = Fdb.key(0x5254_0000_000bL, 1);

    private final Fdb fdb = new Fdb(16, ALLOWED);

    private void flap(int times, int now) {
        for (int i = 0; i < times; i++) {
            fdb.learn(ANN, i % 2 == 0 ? 2 : 1, now);
        }
    }

    @Test
    void shouldHoldAnAddressThatMovedTooOften() {
        fdb.learn(ANN, 1, 0);
        flap(1_000, 3);
        assertEquals(ALLOWED, fdb.moves());
        assertEquals(2, fdb.lookUp(ANN), "where its last move brought it");
        assertEquals(500 - ALLOWED / 2 - ALLOWED % 2 + ALLOWED / 2, fdb.held(), 3);
        assertEquals(0x5254_0000_000aL, fdb.lastHeldMac());
    }

    @Test
    void shouldLetItMoveAgainAfterAWhile() {
        fdb.learn(ANN, 1, 0);
        flap(100, 3);
        fdb.learn(ANN, 1, 3 + Fdb.MOVE_SECONDS - 1);
        assertEquals(2, fdb.lookUp(ANN));
        fdb.learn(ANN, 1, 3 + Fdb.MOVE_SECONDS);
        assertEquals(1, fdb.lookUp(ANN));
    }

    @Test
    void shouldHoldNobodyElse() {
        fdb.learn(ANN, 1, 0);
        fdb.learn(BEN, 1, 0);
        flap(100, 3);
        fdb.learn(BEN, 2, 3);
        assertEquals(2, fdb.lookUp(BEN));
    }

    @Test
    void shouldNotHoldWhatMovesNowAndThen() {
        fdb.learn(ANN, 1, 0);
        for (int i = 1; i < 100; i++) {
            fdb.learn(ANN, 1 + i % 2, 3 * i);
            assertEquals(1 + i % 2, fdb.lookUp(ANN), "move " + i);
        }
        assertEquals(0, fdb.held());
    }
}
