package org.lanyard.control;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a switch of which a thread has died: half a switch is worse than none, for nobody
 * starts it again. A thread that waits for this from the beginning says why, and sees to it that
 * the whole ends: what it needs is there, and some memory too, should that be what is missing.
 */
final class LastWords {
    private static final Logger LOG = LoggerFactory.getLogger(LastWords.class);
    private static final int RESERVE = 1 << 20;
    private static final int MEGABYTE = 1 << 20;

    private final Supervisor supervisor;
    private final AtomicReference<Throwable> cause = new AtomicReference<>();
    private final CountDownLatch hasDied = new CountDownLatch(1);
    private volatile String where;
    private volatile byte[] reserve = new byte[RESERVE];

    LastWords(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    /**
     * From now on a death is told.
     *
     * @param end ends the switch in order; false when it can't, or did not in time
     * @param lastResort ends the process
     */
    void await(BooleanSupplier end, Runnable lastResort) {
        Thread thread = new Thread(() -> speak(end, lastResort), "lanyard-last-words");
        thread.setDaemon(true);
        thread.start();
    }

    /** Any thread, of itself or of another; allocates nothing. Of several deaths one is told. */
    void died(String thread, Throwable why) {
        reserve = null;
        if (cause.compareAndSet(null, why)) {
            where = thread;
            hasDied.countDown();
        }
    }

    private void speak(BooleanSupplier end, Runnable lastResort) {
        try {
            hasDied.await();
            tell();
            supervisor.close();
            if (end.getAsBoolean()) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            System.err.println("the switch ends: its last words failed");
        }
        lastResort.run();
    }

    private void tell() {
        Throwable why = cause.get();
        String told = "thread " + where + ": " + why;
        supervisor.failed(told);
        if (why instanceof OutOfMemoryError) {
            LOG.error(
                    "the switch ends, for memory ran out: {} (the heap has {} MiB); let it have more"
                            + " by LANYARD_JAVA_OPTS=-Xmx512m, or see mac-table-size and max-ports",
                    told,
                    Runtime.getRuntime().maxMemory() / MEGABYTE);
        } else {
            LOG.error("the switch ends by an error of its own; please report it: {}", told, why);
        }
    }
}
