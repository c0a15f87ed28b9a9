package org.lanyard.control;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells the service manager that the switch lives, as long as every data-plane thread answers. One
 * that does not turn is asked only once, so that questions don't pile up.
 */
final class Watchdog {
    /** In the time after which the supervisor ends us. */
    private static final int QUESTIONS = 3;

    private final Supervisor supervisor;
    private final ControlLoop loop;
    private final List<Consumer<Runnable>> threads;
    private final AtomicInteger silent = new AtomicInteger();

    /**
     * @param threads each runs what it is given, on its own
     */
    Watchdog(Supervisor supervisor, ControlLoop loop, List<Consumer<Runnable>> threads) {
        this.supervisor = supervisor;
        this.loop = loop;
        this.threads = threads;
    }

    void start() {
        if (supervisor.watchdogNanos() > 0) {
            ask();
        }
    }

    private void ask() {
        loop.after(supervisor.watchdogNanos() / QUESTIONS, TimeUnit.NANOSECONDS, this::ask);
        if (silent.get() == 0) {
            supervisor.alive();
            silent.set(threads.size());
            threads.forEach(thread -> thread.accept(silent::decrementAndGet));
        }
    }
}
