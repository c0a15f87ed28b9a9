package org.lanyard.forward;

/** Where time comes from, so that tests need not wait for it. */
@FunctionalInterface
public interface Clock {
    /** The system's monotonic clock. */
    Clock SYSTEM = System::nanoTime;

    /** Nanoseconds since some fixed moment; differences alone mean something. */
    long nanoTime();

    /** Whole seconds since the same moment. */
    default int seconds() {
        return (int) (nanoTime() / 1_000_000_000L);
    }
}
