package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SleeperTest {
    private final AtomicInteger rung = new AtomicInteger();
    private final Sleeper sleeper = new Sleeper(rung::incrementAndGet);

    private void assertRung(int times, Runnable call) {
        rung.set(0);
        call.run();
        assertEquals(times, rung.get());
    }

    @Test
    void shouldRingForASleeperOnly() {
        assertRung(0, sleeper::wake);
        assertTrue(sleeper.lieDown(Sleeper.LIGHT, () -> false));
        assertRung(1, sleeper::wake);
        sleeper.getUp();
        assertRung(0, sleeper::wake);
    }

    @Test
    void shouldRingFromADeepSleepForAllAndFromALightOneNotForLittle() {
        sleeper.lieDown(Sleeper.LIGHT, () -> false);
        assertRung(0, () -> sleeper.wake(Sleeper.DEEP));
        sleeper.lieDown(Sleeper.DEEP, () -> false);
        assertRung(1, () -> sleeper.wake(Sleeper.DEEP));
        assertRung(1, sleeper::wake);
    }

    @Test
    void shouldLookOnceMoreAfterItHasSaidThatItSleeps() {
        assertFalse(
                sleeper.lieDown(
                        Sleeper.LIGHT,
                        () -> {
                            assertRung(1, sleeper::wake);
                            return true;
                        }));
    }
}
