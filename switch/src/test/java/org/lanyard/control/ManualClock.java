package org.lanyard.control;

import java.time.Duration;
import org.lanyard.forward.Clock;

/** Time that passes when the test says so. */
final class ManualClock implements Clock {
    private volatile long now;

    void advance(Duration by) {
        now += by.toNanos();
    }

    @Override
    public long nanoTime() {
        return now;
    }
}
