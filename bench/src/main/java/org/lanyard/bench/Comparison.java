package org.lanyard.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Runs a group: each repetition goes through all trials, and each trial through all candidates,
 * another one first each time, so that slow drifts of the machine fall on all alike. Where
 * attaching the load takes long, a candidate does all trials of a repetition in one turn.
 */
final class Comparison {
    private static final int ATTEMPTS = 3;

    private final int repetitions;
    private final PrintStream progress;
    private final Outcome outcome = new Outcome();

    Comparison(int repetitions, PrintStream progress) {
        this.repetitions = repetitions;
        this.progress = progress;
    }

    Outcome outcome() {
        return outcome;
    }

    void run(Group group, Path directory) throws IOException, InterruptedException {
        Map<String, Candidate.Running> running = new LinkedHashMap<>();
        Thread rescue = new Thread(() -> closeAll(running));
        Runtime.getRuntime().addShutdownHook(rescue);
        try {
            for (Candidate candidate : group.candidates()) {
                if (candidate.isAvailable()) {
                    String name = group.name() + running.size();
                    Path own = Files.createDirectories(directory.resolve(name));
                    running.put(candidate.name(), candidate.start(own));
                } else {
                    progress.println(candidate.name() + " is not installed: left out");
                }
            }
            warmUp(group, running);
            for (int i = 1; i <= repetitions; i++) {
                for (List<Trial> trials : group.turns()) {
                    repeat(group.load(), trials, i, running);
                }
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(rescue);
            closeAll(running);
        }
    }

    private static List<String> order(List<Trial> trials, int repetition, Map<String, ?> running) {
        List<String> names = new ArrayList<>(running.keySet());
        names.removeIf(name -> trials.stream().noneMatch(t -> t.candidates().contains(name)));
        Collections.rotate(names, repetition);
        return names;
    }

    /** One short round that is not counted: a JVM compiles what it runs often. */
    private void warmUp(Group group, Map<String, Candidate.Running> running)
            throws IOException, InterruptedException {
        Load brief = group.load().brief();
        for (List<Trial> trials : group.turns()) {
            if (trials.stream().anyMatch(t -> t.metrics().contains(Metric.RESIDENT))) {
                continue; // measured as it is after the start
            }
            for (String name : order(trials, 0, running)) {
                progress.println("warming up " + name + ", " + trials.get(0).id());
                try (Load.Turn turn = brief.begin(running.get(name))) {
                    for (Trial trial : trials) {
                        turn.measure(trial);
                    }
                }
            }
        }
    }

    private void repeat(
            Load load, List<Trial> trials, int repetition, Map<String, Candidate.Running> running)
            throws IOException, InterruptedException {
        for (String name : order(trials, repetition, running)) {
            try (Load.Turn turn = load.begin(running.get(name))) {
                for (Trial trial : trials) {
                    Measurement measurement = measureQuietly(turn, trial);
                    outcome.add(trial, name, measurement);
                    tell(trial, repetition, name, measurement);
                }
            }
        }
    }

    private void tell(Trial trial, int repetition, String name, Measurement measurement) {
        String figures =
                trial.metrics().stream()
                        .filter(metric -> !Double.isNaN(metric.of(measurement)))
                        .map(metric -> metric.words() + " " + metric.format(metric.of(measurement)))
                        .collect(Collectors.joining(", "));
        progress.printf(
                "%d/%d %-18s %-13s %s%s%n",
                repetition,
                repetitions,
                trial.id(),
                name,
                figures,
                noise(measurement.othersCores()));
    }

    /** Again when other programs disturbed it; of the attempts, the one with the least of that. */
    private static Measurement measureQuietly(Load.Turn turn, Trial trial)
            throws IOException, InterruptedException {
        Measurement best = turn.measure(trial);
        for (int i = 1; i < ATTEMPTS && best.othersCores() > Measurement.NOISY; i++) {
            Measurement next = turn.measure(trial);
            best = next.othersCores() < best.othersCores() ? next : best;
        }
        return best;
    }

    private static String noise(double cores) {
        return cores <= Measurement.NOISY
                ? ""
                : String.format(Locale.ROOT, "   (noise: others used %.1f cores)", cores);
    }

    private static void closeAll(Map<String, Candidate.Running> running) {
        for (Candidate.Running candidate : running.values()) {
            try {
                candidate.close();
            } catch (IOException e) {
                System.err.println(e.getMessage());
            }
        }
        running.clear();
    }
}
