package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An address that moves to and fro is held where it was before that began. */
final class FlappingTest {
    private static final int ALLOWED = 5;
    private static final int HOME = 1;
    private static final int OTHER = 2;
    private static final int THIRD = 3;
    private static final long ANN = Fdb.key(0x5254_0000_000aL, 1);
    private static final long BEN = Fdb.key(0x5254_0000_000bL, 1);

    private final Fdb fdb = new Fdb(16, ALLOWED);

    /** The port that the address is listed at, whether or not others may have it yet. */
    private int listed(long key) {
        return Stream.of(fdb.entries(0))
                .filter(entry -> Fdb.key(entry.mac(), entry.vlan()) == key)
                .findFirst()
                .orElseThrow()
                .slot();
    }

    private void flap(int times, int now) {
        for (int i = 0; i < times; i++) {
            fdb.learn(ANN, i % 2 == 0 ? OTHER : HOME, now);
        }
    }

    @Test
    void shouldHoldAnAddressWhereItWasBeforeItMovedTooOften() {
        fdb.learn(ANN, HOME, 0);
        flap(1_000, 3);
        assertEquals(HOME, fdb.lookUp(ANN));
        assertEquals(2, fdb.moves(), "there, and back for good");
        assertEquals((1_000 - 2) / 2, fdb.held());
        assertEquals(new Fdb.Suspect(0x5254_0000_000aL, 1, HOME, OTHER), fdb.takeHeld()[0]);
        assertEquals(0, fdb.takeHeld().length, "told once");
    }

    /** Each frame of one that forges it would cost the owner an answer and the wait for it. */
    @Test
    void shouldLetAForgerInterruptTheOwnerOnce() {
        fdb.learn(ANN, HOME, 0);
        int interrupted = 0;
        for (int now = 0; now < 100; now++) {
            for (int i = 0; i < 3; i++) {
                interrupted += fdb.learn(ANN, OTHER, now) ? 1 : 0;
                fdb.learn(ANN, HOME, now);
            }
        }
        assertEquals(1, interrupted);
    }

    /** Whoever forges it now and then interrupts it each time, and is never taken for its owner. */
    @Test
    void shouldBringItHomeFromAForgerWhoWaits() {
        fdb.learn(ANN, HOME, 0);
        for (int now = 0; now < 10_000; now += 50) {
            fdb.learn(ANN, OTHER, now);
            assertTrue(fdb.learn(ANN, HOME, now + 30), "it was silent, and is back");
            fdb.learn(ANN, OTHER, now + 31);
            assertEquals(HOME, fdb.lookUp(ANN), "second " + now);
        }
    }

    /** A guest whose first migration failed moves in the second. */
    @Test
    void shouldLetAContestedAddressMoveWhenItIsSilentForTwoSeconds() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(ANN, OTHER, 1);
        fdb.learn(ANN, HOME, 2);
        fdb.learn(ANN, OTHER, 3);
        assertEquals(HOME, fdb.lookUp(ANN));
        fdb.learn(ANN, OTHER, 4);
        assertEquals(OTHER, listed(ANN));
    }

    /** Two programs that send with one address are no reason to limit a port at once. */
    @Test
    void shouldLimitThePortThatReachesForItMoreOftenThanAllowed() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(BEN, THIRD, 0);
        flap(2 * (ALLOWED - 2), 0);
        fdb.learn(BEN, OTHER, 0);
        assertEquals(OTHER, listed(BEN));
        fdb.learn(BEN, THIRD, 0);
        fdb.learn(ANN, OTHER, 0);
        fdb.learn(BEN, OTHER, 1);
        assertEquals(THIRD, fdb.lookUp(BEN));
    }

    /**
     * Who is robbed and says nothing by itself hears what it is asked, answers, and has it back.
     */
    @Test
    void shouldSendToAllWhatIsForAnAddressThatMovedFromAPortThatIsStillThere() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(ANN, OTHER, 1);
        assertEquals(Fdb.UNKNOWN, fdb.lookUp(ANN));
        fdb.learn(ANN, OTHER, Moves.SECONDS);
        assertEquals(Fdb.UNKNOWN, fdb.lookUp(ANN));
        fdb.learn(ANN, OTHER, 1 + Moves.SECONDS);
        assertEquals(OTHER, fdb.lookUp(ANN), "nobody else said a word");
    }

    @Test
    void shouldSendToItsOwnerAloneOnceItIsBack() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(ANN, OTHER, 1);
        fdb.learn(ANN, HOME, 1);
        assertEquals(HOME, fdb.lookUp(ANN));
    }

    @Test
    void shouldSendToTheNewPortAloneOnceTheFormerOneHasLeft() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(ANN, OTHER, 1);
        fdb.vacate(HOME);
        fdb.learn(ANN, OTHER, 2);
        assertEquals(OTHER, fdb.lookUp(ANN), "a guest that migrated");
    }

    @Test
    void shouldSendToTheNewPortAloneWhatWasSilentForAWhile() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(ANN, OTHER, Moves.SECONDS);
        assertEquals(OTHER, fdb.lookUp(ANN));
    }

    /** Whatever the number of moves, and wherever the last of them was to. */
    @Test
    void shouldNeverLeaveItWithTheOneThatFlapped() {
        for (int allowed = 1; allowed < 12; allowed++) {
            Fdb some = new Fdb(16, allowed);
            some.learn(ANN, HOME, 0);
            for (int i = 0; i < 40; i++) {
                some.learn(ANN, OTHER, 1);
                some.learn(ANN, HOME, 1);
            }
            some.learn(ANN, OTHER, 1);
            assertEquals(HOME, some.lookUp(ANN), allowed + " allowed");
        }
    }

    /** Two ports in league pass it to each other, and never back. */
    @Test
    void shouldBringItHomeFromPortsThatOnlyPassItOn() {
        fdb.learn(ANN, HOME, 0);
        for (int i = 0; i < 20; i++) {
            fdb.learn(ANN, i % 2 == 0 ? OTHER : THIRD, 1);
        }
        assertEquals(HOME, fdb.lookUp(ANN));
    }

    /** Ten forged frames each ten seconds, or each second: it is at home all the time. */
    @Test
    void shouldHoldItAsLongAsItIsSeenAtHomeAndTheOtherGoesOn() {
        fdb.learn(ANN, HOME, 0);
        flap(20, 0);
        for (int now = 1; now < 100; now++) {
            fdb.learn(ANN, HOME, now);
            for (int i = 0; i < 10; i++) {
                fdb.learn(ANN, OTHER, now);
                assertEquals(HOME, fdb.lookUp(ANN), "second " + now);
            }
        }
    }

    @Test
    void shouldLetItMoveWhenItIsNotSeenAtHomeAnyMore() {
        fdb.learn(ANN, HOME, 0);
        flap(100, 3);
        fdb.learn(ANN, OTHER, 3 + Moves.SECONDS - 1);
        assertEquals(HOME, fdb.lookUp(ANN));
        fdb.learn(ANN, OTHER, 3 + Moves.SECONDS);
        assertEquals(OTHER, fdb.lookUp(ANN));
    }

    @Test
    void shouldBelieveOneMoveAtOnce() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(ANN, OTHER, 0);
        assertEquals(OTHER, listed(ANN), "a guest that migrated");
    }

    @Test
    void shouldHoldNobodyElse() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(BEN, HOME, 0);
        flap(100, 3);
        fdb.learn(BEN, THIRD, 3);
        assertEquals(THIRD, listed(BEN));
    }

    @Test
    void shouldLetAPortThatFlapsTakeNothingElseMeanwhile() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(BEN, THIRD, 0);
        flap(100, 3);
        fdb.learn(BEN, OTHER, 3);
        assertEquals(THIRD, fdb.lookUp(BEN), "which is in use there");
        fdb.learn(ANN, OTHER, 12);
        fdb.learn(BEN, OTHER, 13);
        assertEquals(OTHER, fdb.lookUp(BEN), "which is not any more");
    }

    @Test
    void shouldNotHoldWhatMovesNowAndThen() {
        fdb.learn(ANN, HOME, 0);
        for (int i = 1; i < 100; i++) {
            fdb.learn(ANN, 1 + i % 2, 3 * i);
            assertEquals(1 + i % 2, listed(ANN), "move " + i);
        }
        assertEquals(0, fdb.held());
    }

    @Test
    void shouldNotTakeAPortForHomeThatHasTheSlotOfTheOneThatLeft() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(ANN, OTHER, 1);
        fdb.vacate(HOME);
        for (int i = 0; i < 20; i++) {
            fdb.learn(ANN, i % 2 == 0 ? HOME : OTHER, 2);
        }
        assertEquals(OTHER, listed(ANN), "where it was before the new port came");
    }

    @Test
    void shouldTellOfAnAddressThatComesBackAsADuplicateHoweverSlowly() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(ANN, OTHER, 60);
        assertEquals(0, fdb.takeDuplicates().length, "it may have migrated");
        fdb.learn(ANN, HOME, 240);
        assertEquals(new Fdb.Suspect(0x5254_0000_000aL, 1, HOME, OTHER), fdb.takeDuplicates()[0]);
        fdb.learn(ANN, OTHER, 300);
        assertEquals(0, fdb.takeDuplicates().length, "it is the other of the two again");
        fdb.learn(ANN, HOME, 310);
        assertEquals(1, fdb.takeDuplicates().length);
        fdb.learn(ANN, OTHER, 320);
        fdb.learn(ANN, HOME, 320 + Moves.RETURN_SECONDS);
        assertEquals(0, fdb.takeDuplicates().length, "a guest that came back after a while");
    }

    @Test
    void shouldNotTakeAPortForADuplicateThatHasTheSlotOfTheOneThatLeft() {
        fdb.learn(ANN, HOME, 0);
        fdb.learn(ANN, OTHER, 5);
        fdb.vacate(HOME);
        fdb.learn(ANN, HOME, 9);
        assertEquals(0, fdb.takeDuplicates().length);
    }

    @Test
    void shouldTellOfAFewAtATimeAndNeverOfTheSameTwice() {
        Fdb large = new Fdb(1_000, 1);
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 100; i++) {
                large.learn(Fdb.key(0x5254_0000_0000L + i, 1), round % 2, 1);
            }
        }
        int told = large.takeDuplicates().length;
        assertTrue(told > 0 && told < 100, told + " told");
    }
}
