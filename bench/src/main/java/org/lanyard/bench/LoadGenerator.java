package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the synthetic guests against a candidate.
 *
 * @param warmup seconds before the window
 * @param seconds of the window
 */
record LoadGenerator(Path program, double warmup, double seconds) {
    /** Beyond warm-up and window: attaching a thousand guests, announcing, draining. */
    private static final int PATIENCE_SECONDS = 90;

    Measurement measure(Trial trial, Candidate.Running candidate)
            throws IOException, InterruptedException {
        trial.placement().place(candidate.pid());
        List<String> command = new ArrayList<>(trial.placement().prefix());
        command.addAll(List.of(program.toString(), "--target", candidate.target()));
        command.addAll(List.of("--watch", Long.toString(candidate.pid())));
        command.addAll(List.of("--warmup", Double.toString(warmup)));
        command.addAll(List.of("--seconds", Double.toString(seconds)));
        command.addAll(trial.load());
        int limit = (int) (warmup + seconds) + PATIENCE_SECONDS;
        return Measurement.parse(Commands.output(limit, command));
    }
}
