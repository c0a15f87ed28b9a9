package org.lanyard.control;

import java.util.function.BooleanSupplier;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.lanyard.tapio.Sleeper;

/**
 * What other threads hand to the control thread. {@link #put} is for any thread, all else for the
 * one that works it off.
 */
final class Inbox {
    private static final int CHUNK = 256;

    private final MpscUnboundedAtomicArrayQueue<Runnable> actions =
            new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    private final BooleanSupplier called = () -> !actions.isEmpty();
    private final Sleeper owner;

    /**
     * @param bell wakes the owner; run by whoever puts something in
     */
    Inbox(Runnable bell) {
        this.owner = new Sleeper(bell);
    }

    void put(Runnable action) {
        actions.offer(action);
        owner.wake();
    }

    /** The owner is about to sleep; false when there is something to do instead. */
    boolean lieDown() {
        return owner.lieDown(Sleeper.LIGHT, called);
    }

    void getUp() {
        owner.getUp();
    }

    /** How many actions there are now. */
    int size() {
        return actions.size();
    }

    /** The next; null when there is none. */
    Runnable next() {
        return actions.poll();
    }
}
