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
 * attaching the load takes long, all candidates keep theirs for several turns.
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
            for (int i = 0; i < repetitions; i++) {
                if (group.keepsAttached()) {
                    repeatAttached(group, i, running);
                } else {
                    repeat(group, i, running);
                }
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(rescue);
            closeAll(running);
        }
    }

    private static List<String> order(Trial trial, int turn, Map<String, ?> running) {
        List<String> names = new ArrayList<>(running.keySet());
        names.retainAll(trial.candidates());
        Collections.rotate(names, turn);
        return names;
    }

    /** One short round that is not counted: a JVM compiles what it runs often. */
    private void warmUp(Group group, Map<String, Candidate.Running> running)
            throws IOException, InterruptedException {
        Load brief = group.load().brief();
        int tried = group.keepsAttached() ? 1 : group.trials().size();
        for (Trial trial : group.trials().subList(0, tried)) {
            if (trial.metrics().contains(Metric.RESIDENT)) {
                continue; // measured as it is after the start
            }
            for (String name : order(trial, 0, running)) {
                progress.println("warming up " + name + ", " + trial.id());
                try (Load.Attached load = brief.attach(running.get(name))) {
                    load.measure(trial);
                }
            }
        }
    }

    private void repeat(Group group, int repetition, Map<String, Candidate.Running> running)
            throws IOException, InterruptedException {
        int all = repetitions * group.turns();
        for (int i = 0; i < group.turns(); i++) {
            int turn = repetition * group.turns() + i;
            for (Trial trial : group.trials()) {
                for (String name : order(trial, turn, running)) {
                    try (Load.Attached load = group.load().attach(running.get(name))) {
                        measure(load, trial, name, turn + 1, all);
                    }
                }
            }
        }
    }

    private void repeatAttached(Group group, int repetition, Map<String, Candidate.Running> running)
            throws IOException, InterruptedException {
        Map<String, Load.Attached> loads = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Candidate.Running> candidate : running.entrySet()) {
                progress.println("attaching guests to " + candidate.getKey());
                loads.put(candidate.getKey(), group.load().attach(candidate.getValue()));
            }
            int all = repetitions * group.turns();
            for (int i = 0; i < group.turns(); i++) {
                int turn = repetition * group.turns() + i;
                for (Trial trial : group.trials()) {
                    for (String name : order(trial, turn, loads)) {
                        measure(loads.get(name), trial, name, turn + 1, all);
                    }
                }
            }
        } finally {
            for (Load.Attached load : loads.values()) {
                load.close();
            }
        }
    }

    private void measure(Load.Attached load, Trial trial, String name, int turn, int turns)
            throws IOException, InterruptedException {
        Measurement measurement = measureQuietly(load, trial);
        outcome.add(trial, name, measurement);
        String figures =
                trial.metrics().stream()
                        .filter(metric -> !Double.isNaN(metric.of(measurement)))
                        .map(metric -> metric.words() + " " + metric.format(metric.of(measurement)))
                        .collect(Collectors.joining(", "));
        progress.printf(
                "%d/%d %-18s %-13s %s%s%n",
                turn, turns, trial.id(), name, figures, noise(measurement.othersCores()));
    }

    /** Again when other programs disturbed it; of the attempts, the one with the least of that. */
    private static Measurement measureQuietly(Load.Attached load, Trial trial)
            throws IOException, InterruptedException {
        Measurement best = load.measure(trial);
        for (int i = 1; i < ATTEMPTS && best.othersCores() > Measurement.NOISY; i++) {
            Measurement next = load.measure(trial);
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
