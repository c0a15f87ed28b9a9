package org.lanyard.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All measurements of a run, by trial and candidate in the order of their coming. One thread. */
final class Outcome {
    private final Map<String, Map<String, List<Measurement>>> byTrial = new LinkedHashMap<>();

    void add(Trial trial, String candidate, Measurement measurement) {
        byTrial.computeIfAbsent(trial.id(), id -> new LinkedHashMap<>())
                .computeIfAbsent(candidate, name -> new ArrayList<>())
                .add(measurement);
    }

    Optional<Series> series(String trial, String candidate, Metric metric) {
        List<Measurement> all = byTrial.getOrDefault(trial, Map.of()).get(candidate);
        return all == null
                ? Optional.empty()
                : Optional.of(new Series(all.stream().map(metric::of).toList()));
    }

    /**
     * The median of the ratios of repetitions that ran one after the other: what disturbs the
     * machine for some seconds disturbs both.
     */
    Optional<Series> ratios(Target target) {
        if (!target.isRatio()) {
            return series(target.trial(), target.candidate(), target.metric());
        }
        List<Measurement> ours =
                byTrial.getOrDefault(target.trial(), Map.of()).get(target.candidate());
        List<Measurement> theirs =
                byTrial.getOrDefault(target.rivalTrial(), Map.of()).get(target.rival());
        if (ours == null || theirs == null) {
            return Optional.empty();
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            ratios.add(target.metric().of(ours.get(i)) / target.metric().of(theirs.get(i)));
        }
        return Optional.of(new Series(ratios));
    }

    /** CPU time per second of programs that had no part, over all measurements. */
    Optional<Series> noise() {
        List<Double> all =
                byTrial.values().stream()
                        .flatMap(byCandidate -> byCandidate.values().stream())
                        .flatMap(List::stream)
                        .map(Measurement::othersCores)
                        .toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(new Series(all));
    }

    /** Frames that came damaged, late or twice, or went astray: 0 for each, or the run is void. */
    long wrongs(String trial, String candidate) {
        return byTrial.getOrDefault(trial, Map.of()).getOrDefault(candidate, List.of()).stream()
                .mapToLong(m -> m.damaged() + m.reordered() + m.flooded())
                .sum();
    }
}
