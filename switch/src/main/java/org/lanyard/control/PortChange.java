package org.lanyard.control;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.lanyard.config.PortKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a change of the configuration opens and changes, all of it or nothing: where one step fails,
 * those that did not are taken back. The steps go on at the same time. Control thread.
 */
final class PortChange {
    private static final Logger LOG = LoggerFactory.getLogger(PortChange.class);

    private record Step(CompletableFuture<Void> outcome, Runnable takeBack) {
        boolean failed() {
            return outcome.isCompletedExceptionally();
        }
    }

    private final List<Step> steps = new ArrayList<>();

    /**
     * @param takeBack removes it again
     */
    void start(Attachment coming, Runnable takeBack) {
        steps.add(new Step(coming.start(), takeBack));
    }

    /** One that is started later. */
    void prepare(Attachment coming) {
        steps.add(new Step(coming.prepare(), coming::stop));
    }

    void become(Attachment changing, PortKind now, PortKind next) {
        steps.add(new Step(changing.become(next), () -> changeBack(changing, now)));
    }

    private static void changeBack(Attachment changed, PortKind before) {
        changed.become(before)
                .whenComplete(
                        (done, thrown) -> {
                            if (thrown != null) {
                                LOG.error("{}", thrown.getMessage());
                            }
                        });
    }

    /**
     * All is done, or taken back.
     *
     * @return fails with the {@link java.io.IOException} of the first step that did
     */
    CompletableFuture<Void> end() {
        CompletableFuture<?>[] outcomes =
                steps.stream().map(Step::outcome).toArray(CompletableFuture<?>[]::new);
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture.allOf(outcomes).whenComplete((done, thrown) -> finish(end));
        return end;
    }

    private void finish(CompletableFuture<Void> end) {
        for (Step step : steps) {
            if (step.failed()) {
                steps.stream().filter(other -> !other.failed()).forEach(o -> o.takeBack().run());
                step.outcome().whenComplete((done, thrown) -> end.completeExceptionally(thrown));
                return;
            }
        }
        end.complete(null);
    }
}
