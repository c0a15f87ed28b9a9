package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lanyard.frame.Slab;

final class PortionTest {
    private static final int FULL = Slab.READ_SIZE;

    private final Portion portion = new Portion();

    @Test
    void shouldBeWholeWhileFramesGoToOnePort() {
        for (int i = 0; i < 10; i++) {
            assertEquals(0, portion.took(FULL, 100, FULL + 2048));
            assertEquals(FULL, portion.size());
        }
    }

    /** Twenty-four copies of a read full of small frames. */
    @Test
    void shouldShrinkUntilAReadCausesNoMoreThanItMay() {
        long work = 0;
        for (int i = 0; i < 10; i++) {
            work = 24L * portion.size();
            assertEquals(0, portion.took(portion.size(), 100, work), "it need not rest");
        }
        assertTrue(work > Portion.MOST_WORK / 4 && work <= Portion.MOST_WORK, work + " bytes");
    }

    @Test
    void shouldBeWholeAgainWhenTheFloodIsOver() {
        portion.took(FULL, 100, 24L * FULL);
        for (int i = 0; i < 10; i++) {
            portion.took(1000, 1, 3048);
        }
        assertEquals(FULL, portion.size());
    }

    @Test
    void shouldLetAPortRestWhereEachOfAFewIs() {
        assertEquals(20_000_000, portion.took(640, 10, 10 * 4000 * 2112L));
        assertEquals(0, portion.took(640, 10, 10 * 40 * 2112L));
    }

    @Test
    void shouldLetAPortRestWhereOneFrameIsTooMuch() {
        long rest = portion.took(64_000, 1, 24 * 66_000);
        assertEquals(5 * 24 * 66_000, rest);
        assertEquals(20_000_000, portion.took(64_000, 1, 4096L * 66_000), "not for ever");
        assertEquals(0, portion.took(64_000, 1, 3 * 66_000));
    }
}
