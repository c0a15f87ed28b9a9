package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShareTest {
    private final ManualClock clock = new ManualClock();
    private final Share share = new Share(clock, TimeUnit.MILLISECONDS.toNanos(100), 4);

    private void spend(int millis) {
        long from = clock.nanoTime();
        clock.advance(Duration.ofMillis(millis));
        share.spentSince(from);
    }

    @Test
    void shouldGiveSoMuchAtOnce() {
        spend(90);
        assertTrue(share.isLeft());
        spend(40);
        assertFalse(share.isLeft());
    }

    @Test
    void shouldGiveAPartInTheLongRun() {
        long spent = 0;
        for (int millis = 0; millis < 100_000; millis += 10) {
            if (share.isLeft()) {
                spend(10);
                spent += 10;
            } else {
                clock.advance(Duration.ofMillis(10));
            }
        }
        assertTrue(spent >= 25_000 && spent <= 26_000, spent + " of 100000 ms");
    }

    @Test
    void shouldTellHowLongToWait() {
        spend(1000);
        long wait = share.waitMillis();
        assertEquals(401, wait, "what one request cost beyond all bounds is not held against all");
        clock.advance(Duration.ofMillis(wait));
        assertTrue(share.isLeft());
        assertEquals(0, share.waitMillis());
    }
}
