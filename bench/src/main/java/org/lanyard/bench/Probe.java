package org.lanyard.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What an innocent pair does in a window, and what it finds.
 *
 * @param name for people
 * @param program its words; {@code @} stands for the switch's runtime directory, {@code %} for the
 *     scene's, which others may pass
 * @param trips whether it tells how long each exchange took
 * @param paced whether it asks so rarely that its rate tells only what was lost
 */
record Probe(String name, List<String> program, boolean trips, boolean paced) {
    private static final int PATIENCE_SECONDS = 30;

    static Probe pair(Natives natives, String name, boolean trips, String... load) {
        List<String> words = new ArrayList<>(List.of(natives.loadgen().toString()));
        words.addAll(List.of("--target", "stream:@/guests.sock"));
        words.addAll(List.of(load));
        return new Probe(name, words, trips, false);
    }

    /**
     * What a window found.
     *
     * @param perSecond frames or exchanges that came through
     * @param p99Micros NaN where none are told; infinite where none came back
     * @param lossRatio 0 to 1
     * @param failure what the pair said when it gave up, or empty
     */
    record Found(double perSecond, double p99Micros, double lossRatio, String failure) {
        private static Found nothing(boolean trips, String failure) {
            return new Found(0, trips ? Double.POSITIVE_INFINITY : Double.NaN, 1, failure);
        }

        /**
         * What several runs found, each figure for itself; a failure is one that half of them had.
         */
        static Found median(List<Found> runs) {
            return new Found(
                    middle(runs.stream().map(Found::perSecond)),
                    middle(runs.stream().map(Found::p99Micros)),
                    middle(runs.stream().map(Found::lossRatio)),
                    runs.stream().map(Found::failure).sorted().toList().get(runs.size() / 2));
        }

        private static double middle(Stream<Double> figures) {
            return new Series(figures.toList()).median();
        }

        boolean failed() {
            return !failure.isEmpty();
        }

        private String micros() {
            return Double.isInfinite(p99Micros)
                    ? "endless"
                    : String.format(Locale.ROOT, "%,.0f µs", p99Micros);
        }

        String words() {
            String rate = String.format(Locale.ROOT, "%,.0f/s", perSecond);
            String trip = Double.isNaN(p99Micros) ? "" : ", p99 " + micros();
            return rate + trip + (failed() ? " (" + failure + ")" : "");
        }
    }

    /**
     * @param warmup seconds before the window
     * @param seconds of the window
     */
    Found run(Scene scene, double warmup, double seconds) throws InterruptedException {
        List<String> command = new ArrayList<>();
        String directory = scene.directory().toString();
        String outside = scene.scratch().toString();
        program.forEach(word -> command.add(word.replace("@", directory).replace("%", outside)));
        command.addAll(List.of("--warmup", Double.toString(warmup)));
        command.addAll(List.of("--seconds", Double.toString(seconds)));
        try {
            int limit = (int) (warmup + seconds) + PATIENCE_SECONDS;
            Measurement measured = Measurement.parse(Commands.output(limit, command));
            double p99 = measured.p99Micros();
            return new Found(
                    measured.delivered(),
                    trips && Double.isNaN(p99) ? Double.POSITIVE_INFINITY : p99,
                    measured.lossRatio(),
                    "");
        } catch (IOException e) {
            return Found.nothing(trips, "the pair gave up");
        }
    }
}
