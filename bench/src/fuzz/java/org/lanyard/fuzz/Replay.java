package org.lanyard.fuzz;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Gives a target its tries, without a fuzzer. */
public final class Replay {
    private final MethodHandle target;

    /**
     * @param className of the target
     */
    public Replay(String className) throws ReflectiveOperationException {
        target =
                MethodHandles.publicLookup()
                        .findStatic(
                                Class.forName(className),
                                "fuzzerTestOneInput",
                                MethodType.methodType(void.class, byte[].class));
    }

    /** Throws what the target throws. */
    public void give(byte[] input) throws Throwable {
        target.invokeExact(input);
    }
}
