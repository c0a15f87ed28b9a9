package org.lanyard.control;

import java.time.Duration;
import org.lanyard.forward.Clock;

/** The system's time, from which a test may skip what it does not want to wait for. */
final class SkippingClock implements Clock {
    private volatile long skipped;

    void skip(Duration by) {
        skipped += by.toNanos();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime() + skipped;
    }
}
