package org.lanyard.worker;

import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.lanyard.tapio.Sleeper;

/** What a worker is asked to do. {@link #give} is for any thread, all else for the worker's own. */
final class Commands {
    private final Sleeper owner;
    private final MpscAtomicArrayQueue<Runnable> ring;

    /**
     * @param most that are under way at a time; who gives more waits
     */
    Commands(Sleeper owner, int most) {
        this.owner = owner;
        this.ring = new MpscAtomicArrayQueue<>(most);
    }

    void give(Runnable command) {
        while (!ring.offer(command)) {
            Thread.yield(); // to it, where cores are few
        }
        owner.wake();
    }

    boolean isEmpty() {
        return ring.isEmpty();
    }

    /** Does the next; false when there is none. */
    boolean obeyNext() {
        Runnable command = ring.poll();
        if (command == null) {
            return false;
        }
        command.run();
        return true;
    }
}
