package org.lanyard.cli;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hears signals until it is closed. Java has no public way to; its module jdk.unsupported has one
 * that all JDKs since 1.3 have kept. Where that can't be had, signals do what they did before.
 */
final class Signals implements AutoCloseable {
    private static final String SIGNAL = "sun.misc.Signal";
    private static final int ENDED_BY_USER = 130;

    private final Deque<Runnable> restorations = new ArrayDeque<>();

    /**
     * Does something when the user, or somebody else, asks the command to end: Ctrl-C, a closed
     * terminal. When asked again the program ends at once.
     *
     * @param action runs on a thread of the JVM's
     */
    static Signals onEnd(Runnable action) {
        AtomicBoolean asked = new AtomicBoolean();
        Signals signals = new Signals();
        for (String name : new String[] {"INT", "TERM", "HUP"}) {
            signals.on(
                    name,
                    () -> {
                        if (asked.getAndSet(true)) {
                            Runtime.getRuntime().halt(ENDED_BY_USER);
                        }
                        action.run();
                    });
        }
        return signals;
    }

    /**
     * @param name without {@code SIG}
     * @param action runs on a thread of the JVM's
     * @return false where it can't be heard
     */
    boolean on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName(SIGNAL);
            Class<?> handler = Class.forName(SIGNAL + "Handler");
            Object proxy =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) -> {
                                if (method.getName().equals("handle")) {
                                    action.run();
                                }
                                return null;
                            });
            Object its = signal.getConstructor(String.class).newInstance(name);
            Object before = signal.getMethod("handle", signal, handler).invoke(null, its, proxy);
            restorations.push(() -> restore(its, before));
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    private static void restore(Object signal, Object before) {
        try {
            Class<?> handler = Class.forName(SIGNAL + "Handler");
            signal.getClass()
                    .getMethod("handle", signal.getClass(), handler)
                    .invoke(null, signal, before);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e); // it could be set
        }
    }

    @Override
    public void close() {
        while (!restorations.isEmpty()) {
            restorations.pop().run();
        }
    }
}
