package org.lanyard.control;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells when workers have had a turn; they never wait for the control thread, nor it for them. */
final class Turns {
    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
    private static final long PATIENCE_SECONDS = 1;

    private final ControlLoop loop;
    private final CompletableFuture<Void> all = new CompletableFuture<>();
    private final ControlLoop.Timer patience;
    private int left;

    /**
     * @param count how often {@link #done} is to come
     * @param otherwise what a busy worker means to the user
     */
    Turns(ControlLoop loop, int count, String otherwise) {
        this.loop = loop;
        this.left = count;
        this.patience =
                loop.after(
                        PATIENCE_SECONDS,
                        TimeUnit.SECONDS,
                        () -> {
                            LOG.warn("a data-plane thread is busy: {}", otherwise);
                            all.complete(null);
                        });
        if (count == 0) {
            end();
        }
    }

    /** Any thread: one has done what it was told. */
    void done() {
        loop.execute(
                () -> {
                    if (--left == 0) {
                        end();
                    }
                });
    }

    private void end() {
        patience.cancel();
        all.complete(null);
    }

    /** Completes on the control thread when all have, or after a second. */
    CompletableFuture<Void> all() {
        return all;
    }
}
