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
 * another one first each time, so that slow drifts of the machine fall on all alike.
 */
final class Comparison {
    private static final int ATTEMPTS = 3;

    private final LoadGenerator generator;
    private final int repetitions;
    private final PrintStream progress;
    private final Outcome outcome = new Outcome();

    Comparison(LoadGenerator generator, int repetitions, PrintStream progress) {
        this.generator = generator;
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
                for (Trial trial : group.trials()) {
                    repeat(trial, i, running);
                }
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(rescue);
            closeAll(running);
        }
    }

    private static List<String> turn(Trial trial, int repetition, Map<String, ?> running) {
        List<String> names = new ArrayList<>(running.keySet());
        names.removeIf(name -> !trial.candidates().contains(name));
        Collections.rotate(names, repetition);
        return names;
    }

    /** One short round that is not counted: a JVM compiles what it runs often. */
    private void warmUp(Group group, Map<String, Candidate.Running> running)
            throws IOException, InterruptedException {
        LoadGenerator brief = new LoadGenerator(generator.program(), 0.2, 0.8);
        for (Trial trial : group.trials()) {
            if (trial.metrics().contains(Metric.RESIDENT)) {
                continue; // measured as it is after the start
            }
            for (String name : turn(trial, 0, running)) {
                brief.measure(trial, running.get(name));
            }
        }
    }

    private void repeat(Trial trial, int repetition, Map<String, Candidate.Running> running)
            throws IOException, InterruptedException {
        for (String name : turn(trial, repetition, running)) {
            Measurement measurement = measureQuietly(trial, running.get(name));
            outcome.add(trial, name, measurement);
            String figures =
                    trial.metrics().stream()
                            .map(m -> m.words() + " " + m.format(m.of(measurement)))
                            .collect(Collectors.joining(", "));
            progress.printf(
                    "%d/%d %-18s %-10s %s%s%n",
                    repetition,
                    repetitions,
                    trial.id(),
                    name,
                    figures,
                    noise(measurement.othersCores()));
        }
    }

    /** Again when other programs disturbed it; of the attempts, the one with the least of that. */
    private Measurement measureQuietly(Trial trial, Candidate.Running candidate)
            throws IOException, InterruptedException {
        Measurement best = generator.measure(trial, candidate);
        for (int i = 1; i < ATTEMPTS && best.othersCores() > Measurement.NOISY; i++) {
            Measurement next = generator.measure(trial, candidate);
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
