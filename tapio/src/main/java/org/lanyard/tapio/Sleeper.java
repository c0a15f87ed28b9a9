package org.lanyard.tapio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * Whether a thread sleeps, so that others that hand it something need ring only then. The sleeper
 * says that it sleeps and looks once more at what was handed in; the others hand in and then look
 * whether it sleeps. One of the two sees the other, so no wake-up is lost.
 *
 * <p>That holds only where neither looks before its own word can be seen: a processor may put a
 * store off behind a later load (x86 too), and an SPSC ring's offer is no more than an ordered
 * store. Hence a full fence between word and look on both sides, and both of them here: this is
 * Dekker's algorithm, which has no weaker form.
 *
 * <p>{@link #lieDown} and {@link #getUp} are for the sleeper's thread; {@link #wake} is for any.
 */
public final class Sleeper {
    /** It waits for whatever is handed in. */
    public static final int LIGHT = 1;

    /** It can do nothing with most of what is handed in, and waits for what is worth more. */
    public static final int DEEP = 2;

    private static final int AWAKE = 0;
    private static final VarHandle DEPTH;

    static {
        try {
            DEPTH = MethodHandles.lookup().findVarHandle(Sleeper.class, "depth", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Runnable bell;
    private int depth = AWAKE;

    /**
     * @param bell wakes the sleeper, though it be rung before it has fallen asleep; run by whoever
     *     hands in
     */
    public Sleeper(Runnable bell) {
        this.bell = bell;
    }

    /**
     * Says that the thread is about to sleep: from now on the bell is rung.
     *
     * @param newDepth {@link #LIGHT} or {@link #DEEP}
     * @param called whether something was handed in
     * @return whether it may sleep, for nothing was
     */
    public boolean lieDown(int newDepth, BooleanSupplier called) {
        DEPTH.setOpaque(this, newDepth);
        VarHandle.fullFence();
        return !called.getAsBoolean();
    }

    /** The thread looks at what was handed in from now on; until the next time no bell is rung. */
    public void getUp() {
        DEPTH.setOpaque(this, AWAKE);
    }

    /** To be called behind each handing in. */
    public void wake() {
        wake(LIGHT);
    }

    /**
     * The same for what is not worth waking a thread from any sleep.
     *
     * @param least how deep that has to be: {@link #LIGHT} or {@link #DEEP}
     */
    public void wake(int least) {
        VarHandle.fullFence();
        if ((int) DEPTH.getOpaque(this) >= least) {
            bell.run();
        }
    }
}
