package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs the synthetic guests against a candidate.
 *
 * @param warmup seconds before the window
 * @param seconds of the window
 */
record LoadGenerator(Path program, double warmup, double seconds) implements Load {
    /** Beyond warm-up and window: attaching a thousand guests, announcing, draining. */
    private static final int PATIENCE_SECONDS = 90;

    @Override
    public String words() {
        return String.format(
                Locale.ROOT,
                "synthetic guests: %.1f s of warm-up, %.1f s of window; sizes are without FCS; as"
                        + " many frames are offered as are taken",
                warmup,
                seconds);
    }

    @Override
    public Load brief() {
        return new LoadGenerator(program, 0.2, 0.8);
    }

    @Override
    public Attached attach(Candidate.Running candidate) {
        return new Attached() {
            @Override
            public Measurement measure(Trial trial) throws IOException, InterruptedException {
                return LoadGenerator.this.measure(trial, candidate);
            }

            @Override
            public void close() {
                // The generator detaches its guests at the end of each trial.
            }
        };
    }

    Measurement measure(Trial trial, Candidate.Running candidate)
            throws IOException, InterruptedException {
        trial.placement().place(candidate.pid());
        List<String> command = new ArrayList<>(trial.placement().prefix());
        command.addAll(List.of(program.toString(), "--target", candidate.target()));
        command.addAll(List.of("--watch", Long.toString(candidate.pid())));
        command.addAll(List.of("--warmup", Double.toString(warmup)));
        command.addAll(List.of("--seconds", Double.toString(seconds)));
        // Another socket of the same switch stands in the same directory.
        String target = candidate.target();
        String directory = target.substring(target.indexOf(':') + 1, target.lastIndexOf('/'));
        trial.load().forEach(word -> command.add(word.replace("@", directory)));
        int limit = (int) (warmup + seconds) + PATIENCE_SECONDS;
        return Measurement.parse(Commands.output(limit, command));
    }
}
