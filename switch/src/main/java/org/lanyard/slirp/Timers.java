package org.lanyard.slirp;

import com.sun.jna.Function;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** libslirp's timers (one, for IPv6's router advertisements, in 4.7). One thread. */
final class Timers {
    private static final long NEVER = Long.MAX_VALUE;

    private static final class Timer {
        private final Function function;
        private final Pointer argument;
        private long at = NEVER;

        private Timer(Function function, Pointer argument) {
            this.function = function;
            this.argument = argument;
        }
    }

    private final Map<Long, Timer> timers = new HashMap<>();
    private long last;

    /** Of libslirp's clock. */
    static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Returns what libslirp calls it by. */
    long add(long function, long argument) {
        last++;
        timers.put(
                last,
                new Timer(Function.getFunction(new Pointer(function)), new Pointer(argument)));
        return last;
    }

    void remove(long timer) {
        timers.remove(timer);
    }

    void set(long timer, long at) {
        Timer known = timers.get(timer);
        if (known != null) {
            known.at = at;
        }
    }

    /** Milliseconds until the next one, at most so many. */
    int untilNext(int most) {
        long until = most;
        for (Timer timer : timers.values()) {
            if (timer.at != NEVER) {
                until = Math.min(until, Math.max(0, timer.at - millis()));
            }
        }
        return (int) until;
    }

    void fire() {
        long now = millis();
        List<Timer> due = new ArrayList<>();
        for (Timer timer : timers.values()) {
            if (timer.at <= now) {
                due.add(timer);
            }
        }
        for (Timer timer : due) {
            timer.at = NEVER;
            timer.function.invokeVoid(new Object[] {timer.argument});
        }
    }
}
