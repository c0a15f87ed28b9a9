package org.lanyard.tapio;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a thread waits for that is not of this process: another program, a server. Who waits says
 * so, that other threads can tell. Made and ended by the thread that waits; any thread may ask.
 */
public final class Wait {
    private static final Map<Thread, Wait> NOW = new ConcurrentHashMap<>();

    private final String what;
    private final long since = System.nanoTime();
    private final Wait outer;

    private Wait(String what, Wait outer) {
        this.what = what;
        this.outer = outer;
    }

    /**
     * The calling thread waits from now on.
     *
     * @param what for whom, in the words of the user, such as {@code nft}
     */
    public static Wait on(String what) {
        Thread self = Thread.currentThread();
        Wait wait = new Wait(what, NOW.get(self));
        NOW.put(self, wait);
        return wait;
    }

    /** What that thread waits for, if for anything. */
    public static Optional<Wait> of(Thread thread) {
        return Optional.ofNullable(NOW.get(thread));
    }

    public String what() {
        return what;
    }

    /** For how long, in nanoseconds. */
    public long nanos() {
        return System.nanoTime() - since;
    }

    /** It has got its answer, or gave up. */
    public void end() {
        Thread self = Thread.currentThread();
        if (outer == null) {
            NOW.remove(self, this);
        } else {
            NOW.put(self, outer);
        }
    }
}
