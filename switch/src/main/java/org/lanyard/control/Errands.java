package org.lanyard.control;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Threads for what may wait, so that the control thread never does. They are made when they are
 * needed, a bounded number, and stay: programs that die with the thread that started them
 * (PR_SET_PDEATHSIG, prctl(2)) live as long as the switch. One that hangs has its place until it
 * comes back; what finds no place waits, and its deadline passes.
 */
final class Errands {
    /** Names of hosts, which can't be asked for with a deadline, keep others from no place. */
    private static final int MOST_FOR_NAMES = 16;

    private static final int MOST = 64;
    private static final int STACK_BYTES = 512 << 10;

    private final ControlLoop loop;
    private final String name;
    private final int most;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int threads;
    private int idle;
    private boolean closed;

    /**
     * @param name of its threads, before their number
     * @param most threads
     */
    Errands(ControlLoop loop, String name, int most) {
        this.loop = loop;
        this.name = name;
        this.most = most;
    }

    /** Those for programs, the kernel and the disk. */
    static Errands forPorts(ControlLoop loop) {
        return new Errands(loop, "lanyard-errand-", MOST);
    }

    /** Those for name servers. */
    static Errands forNames(ControlLoop loop) {
        return new Errands(loop, "lanyard-names-", MOST_FOR_NAMES);
    }

    /**
     * One after another; control thread.
     *
     * @param atRest is told on the control thread when none is left, once each time
     */
    Lane lane(Runnable atRest) {
        return new Lane(this, loop, atRest);
    }

    /** Any thread: to be run by one of these, which must not throw. */
    synchronized void submit(Runnable work) {
        waiting.add(work);
        if (idle >= waiting.size()) {
            notify();
        } else if (threads < most) {
            threads++;
            Thread thread = new Thread(null, this::work, name + threads, STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void work() {
        for (Runnable next = next(); next != null; next = next()) {
            next.run();
        }
    }

    private synchronized Runnable next() {
        while (waiting.isEmpty() && !closed) {
            idle++;
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody is to interrupt it; what it would have begun is there still.
            } finally {
                idle--;
            }
        }
        return waiting.poll();
    }

    /** Any thread: its threads end as soon as they have nothing to do. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
