package org.lanyard.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The results in Markdown. */
final class Report {
    private final List<Group> groups;
    private final List<Target> targets;
    private final Outcome outcome;

    Report(List<Group> groups, List<Target> targets, Outcome outcome) {
        this.groups = groups;
        this.targets = targets;
        this.outcome = outcome;
    }

    /**
     * @param heading lines about date, machine and versions
     * @param plot the picture's file name
     */
    String markdown(List<String> heading, String plot) {
        StringBuilder text = new StringBuilder("# Results\n\n");
        heading.forEach(line -> text.append("- ").append(line).append('\n'));
        outcome.noise().ifPresent(noise -> text.append(noise(noise)));
        text.append("\n![what came through, in each trial](").append(plot).append(")\n");
        appendTargets(text);
        text.append("\n## Figures\n\nMedian ± the greatest distance from it.\n");
        groups.forEach(group -> appendGroup(text, group));
        return text.toString();
    }

    private static String noise(Series noise) {
        return String.format(
                Locale.ROOT,
                "- other programs used %.2f cores meanwhile (median), %.2f at worst%s%n",
                noise.median(),
                noise.highest(),
                noise.median() > Measurement.NOISY ? ": **too noisy to judge by**" : "");
    }

    private void appendTargets(StringBuilder text) {
        text.append("\n## What is aimed at\n\n| aim | measured | lowest–highest | met |\n");
        text.append("|---|---|---|---|\n");
        for (Target target : targets) {
            outcome.ratios(target).ifPresent(series -> appendTarget(text, target, series));
        }
    }

    private static void appendTarget(StringBuilder text, Target target, Series series) {
        text.append("| ").append(target.words()).append(" | ");
        text.append(figure(target, series.median())).append(" | ");
        text.append(figure(target, series.lowest())).append("–");
        text.append(figure(target, series.highest())).append(" | ");
        text.append(verdict(target, series)).append(" |\n");
    }

    private static String verdict(Target target, Series series) {
        if (!target.isAim()) {
            return "–";
        }
        return target.isMet(series.median()) ? "yes" : "**no**";
    }

    private static String figure(Target target, double value) {
        return target.isRatio()
                ? String.format(Locale.ROOT, "%.2f", value)
                : target.metric().format(value);
    }

    private void appendGroup(StringBuilder text, Group group) {
        Set<String> names = new LinkedHashSet<>();
        group.candidates().forEach(candidate -> names.add(candidate.name()));
        text.append("\n| trial | figure |");
        names.forEach(name -> text.append(' ').append(name).append(" |"));
        text.append("\n|---|---|").append("---|".repeat(names.size())).append('\n');
        for (Trial trial : group.trials()) {
            for (Metric metric : trial.metrics()) {
                appendRow(text, trial, metric, names);
            }
        }
    }

    private void appendRow(StringBuilder text, Trial trial, Metric metric, Set<String> names) {
        boolean isFirst = metric == trial.metrics().get(0);
        text.append("| ").append(isFirst ? heading(trial) : "").append(" | ");
        text.append(metric.words()).append(" |");
        for (String name : names) {
            text.append(' ').append(cell(trial, metric, name, isFirst)).append(" |");
        }
        text.append('\n');
    }

    private static String heading(Trial trial) {
        List<String> parts = new ArrayList<>(List.of("`" + trial.id() + "` " + trial.title()));
        parts.add(trial.standard());
        if (trial.placement() != Placement.FREE) {
            parts.add(trial.placement().words());
        }
        return String.join("; ", parts);
    }

    private String cell(Trial trial, Metric metric, String name, boolean isFirst) {
        Optional<Series> series = outcome.series(trial.id(), name, metric);
        if (series.isEmpty() || Double.isNaN(series.get().median())) {
            return "–";
        }
        long wrongs = outcome.wrongs(trial.id(), name);
        String spread =
                metric == Metric.LOSS
                        ? ""
                        : String.format(Locale.ROOT, " ± %.0f %%", series.get().spread() * 100);
        String warning =
                wrongs > 0 && isFirst ? " (" + wrongs + " damaged, astray or out of order)" : "";
        return metric.format(series.get().median()) + spread + warning;
    }
}
