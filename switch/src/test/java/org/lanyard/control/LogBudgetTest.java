package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogBudgetTest {
    private final ManualClock clock = new ManualClock();
    private final LogBudget budget = new LogBudget(clock);

    private int allowedOf(int lines) {
        int allowed = 0;
        for (int i = 0; i < lines; i++) {
            allowed += budget.allows() ? 1 : 0;
        }
        return allowed;
    }

    @Test
    void shouldAllowTwentyLinesAtOnce() {
        assertEquals(20, allowedOf(1000));
    }

    @Test
    void shouldAllowOneMoreEachTenSeconds() {
        allowedOf(20);
        clock.advance(Duration.ofMillis(9_999));
        assertFalse(budget.allows());
        clock.advance(Duration.ofMillis(1));
        assertEquals(1, allowedOf(10));
        clock.advance(Duration.ofSeconds(10));
        assertEquals(1, allowedOf(10));
    }

    @Test
    void shouldNotForgetPartsOfTheTenSeconds() {
        allowedOf(20);
        clock.advance(Duration.ofSeconds(19));
        assertEquals(1, allowedOf(10));
        clock.advance(Duration.ofSeconds(1));
        assertEquals(1, allowedOf(10));
    }

    @Test
    void shouldNotSaveMoreThanTwenty() {
        clock.advance(Duration.ofDays(400));
        assertEquals(20, allowedOf(1000));
    }

    @Test
    void shouldTellOnceHowManyWereLeftOut() {
        allowedOf(25);
        clock.advance(Duration.ofSeconds(10));
        assertTrue(budget.allows());
        assertEquals(" (5 more like this in the last 10 s were left out)", budget.leftOut());
        assertEquals("", budget.leftOut());
    }

    @Test
    void shouldOweWhatWasLeftOutOnceThereIsRoomToSayIt() {
        allowedOf(32);
        assertFalse(budget.owes(), "no room yet");
        clock.advance(Duration.ofSeconds(60));
        assertTrue(budget.owes());
        assertEquals(" (12 more like this in the last 60 s were left out)", budget.leftOut());
        assertFalse(budget.owes(), "it is said");
    }

    @Test
    void shouldOweNothingWhereNothingWasLeftOut() {
        allowedOf(20);
        clock.advance(Duration.ofSeconds(60));
        assertFalse(budget.owes());
    }

    @Test
    void shouldCountAllThatWasLeftOut() {
        long before = LogBudget.allLeftOut();
        allowedOf(25);
        budget.leftOut();
        assertTrue(LogBudget.allLeftOut() - before >= 5);
    }
}
