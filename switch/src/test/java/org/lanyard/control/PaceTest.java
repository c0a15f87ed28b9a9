package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PaceTest {
    private final ManualClock clock = new ManualClock();
    private final Pace pace = new Pace(clock, 10, 100);

    private int allowed(int asked) {
        int allowed = 0;
        for (int i = 0; i < asked; i++) {
            if (pace.allows()) {
                pace.happened();
                allowed++;
            }
        }
        return allowed;
    }

    @Test
    void shouldMakeUpForWhatHappenedTooOften() {
        for (int i = 0; i < 30; i++) {
            pace.happened();
        }
        clock.advance(Duration.ofMillis(200));
        assertEquals(0, allowed(1));
        clock.advance(Duration.ofMillis(10));
        assertEquals(1, allowed(1_000));
    }

    @Test
    void shouldAllowABurstAndThenSoManyASecond() {
        assertEquals(10, allowed(1_000));
        for (int i = 0; i < 1_000; i++) {
            clock.advance(Duration.ofMillis(15));
            allowed(7);
        }
        assertEquals(0, allowed(1_000));
        clock.advance(Duration.ofMillis(30));
        assertEquals(3, allowed(1_000));
    }

    @Test
    void shouldLoseNothingOfTheTimeBetweenTwoOfThem() {
        allowed(10);
        int allowed = 0;
        for (int i = 0; i < 3_000; i++) {
            clock.advance(Duration.ofMillis(1));
            allowed += allowed(1);
        }
        assertEquals(300, allowed);
    }

    @Test
    void shouldAllowNoMoreThanABurstAfterAYear() {
        allowed(5);
        clock.advance(Duration.ofDays(366));
        assertEquals(10, allowed(1_000));
    }
}
