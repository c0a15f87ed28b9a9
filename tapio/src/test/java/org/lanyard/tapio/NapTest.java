package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NapTest {
    private static final int PR_GET_TIMERSLACK = 30;

    @Test
    void shouldSleepAsLongAsItSays() {
        try (Nap nap = new Nap(2_000_000)) {
            long before = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                nap.take();
            }
            long slept = System.nanoTime() - before;
            assertTrue(slept >= 20_000_000, slept + " ns");
        }
    }

    /** prctl(2): what a timer of the thread may be late, 50 µs by default. */
    @Test
    void shouldLetTheCallingThreadWakeOnTimeAndNoOther() throws Exception {
        int others = slack();
        assertNotEquals(1, others);
        CompletableFuture<Integer> seen = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                Scheduling.wakeOnTime();
                                seen.complete(slack());
                            } catch (ErrnoException e) {
                                seen.completeExceptionally(e);
                            }
                        });
        thread.start();
        assertEquals(1, seen.get());
        assertEquals(others, slack());
    }

    private static int slack() {
        return LibC.prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
    }
}
