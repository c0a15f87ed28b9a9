package org.lanyard.control;

import java.time.Duration;
import java.util.function.Predicate;

/** Waits for what other threads or processes bring about, and says what came instead. */
public final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_MILLIS = 5;

    /** What is looked at again and again. */
    @FunctionalInterface
    public interface Look<T> {
        T now() throws Exception;
    }

    private Eventually() {}

    /**
     * @param expected what is waited for, in words
     * @throws AssertionError with the last thing seen, after 20 s
     */
    public static <T> T see(String expected, Look<T> look, Predicate<T> good) throws Exception {
        return see(expected, look, good, PATIENCE);
    }

    /** The same, with more or less patience. */
    public static <T> T see(String expected, Look<T> look, Predicate<T> good, Duration patience)
            throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        T seen = look.now();
        while (!good.test(seen)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("expected " + expected + "; the last seen was: " + seen);
            }
            Thread.sleep(PAUSE_MILLIS);
            seen = look.now();
        }
        return seen;
    }
}
