package org.lanyard.cli;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What signals do. Java has no public way to hear them; its module jdk.unsupported has one that all
 * JDKs since 1.3 have kept.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    private static final String SIGNAL = "sun.misc.Signal";

    private Signals() {}

    /**
     * Runs an action for each signal of that name, on a thread of the JVM's. Where signals can't be
     * had, they do what they did.
     *
     * @param name without SIG, such as "HUP"
     */
    static void on(String name, Runnable action) {
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
            Object named = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, named, proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("SIG{} can't be heard: {}", name, e.toString());
        }
    }
}
