package org.lanyard.control;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the control thread wait for a turn of workers, which never wait for it. */
final class Turns {
    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
    private static final long PATIENCE_SECONDS = 1;

    private Turns() {}

    /**
     * @param done is counted down by each worker that did what it was told
     * @param otherwise what a busy worker means to the user
     */
    static void await(CountDownLatch done, String otherwise) {
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a data-plane thread is busy: {}", otherwise);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
