package org.lanyard.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bars of what came through in each trial, as a share of that trial's best, in SVG. */
final class Plot {
    private static final int LEFT = 250;
    private static final int WIDTH = 420;
    private static final int BAR = 14;
    private static final int GAP = 12;
    private static final Map<String, String> COLOURS =
            Map.of(
                    ByteRelay.NAME, "#9aa5b1",
                    LanyardSwitch.NAME, "#1f6feb",
                    VdeSwitch.NAME, "#d98324",
                    DirectCable.NAME, "#9aa5b1",
                    OpenVSwitch.NAME, "#2da44e",
                    TapBridge.NAME, "#57606a");

    private final List<Group> groups;
    private final Outcome outcome;

    Plot(List<Group> groups, Outcome outcome) {
        this.groups = groups;
        this.outcome = outcome;
    }

    String svg() {
        List<String> parts = new ArrayList<>();
        int y = GAP;
        for (Group group : groups) {
            for (Trial trial : group.trials()) {
                Map<String, Double> medians = medians(group, trial);
                if (medians.size() > 1) {
                    y = appendTrial(parts, trial, medians, y) + GAP;
                }
            }
        }
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                                + " font-family=\"sans-serif\" font-size=\"11\">%n"
                                + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n",
                        LEFT + WIDTH + 160,
                        y)
                + String.join("\n", parts)
                + "\n</svg>\n";
    }

    private Map<String, Double> medians(Group group, Trial trial) {
        Map<String, Double> medians = new LinkedHashMap<>();
        Metric metric = trial.metrics().get(0);
        if (metric.isRate()) {
            for (Candidate candidate : group.candidates()) {
                String name = candidate.name();
                outcome.series(trial.id(), name, metric)
                        .ifPresent(series -> medians.put(name, series.median()));
            }
        }
        return medians;
    }

    private static int appendTrial(
            List<String> parts, Trial trial, Map<String, Double> medians, int top) {
        double best = medians.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
        int middle = top + medians.size() * BAR / 2 + 4;
        parts.add(text(LEFT - 8, middle, "end", trial.title()));
        int y = top;
        for (Map.Entry<String, Double> median : medians.entrySet()) {
            int length = (int) Math.round(WIDTH * median.getValue() / best);
            parts.add(
                    String.format(
                            Locale.ROOT,
                            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>",
                            LEFT,
                            y,
                            length,
                            BAR - 2,
                            COLOURS.getOrDefault(median.getKey(), "#666666")));
            Metric metric = trial.metrics().get(0);
            String unit = metric == Metric.DELIVERED ? "/s " : " ";
            String label = metric.format(median.getValue()) + unit + median.getKey();
            parts.add(text(LEFT + length + 4, y + BAR - 4, "start", label));
            y += BAR;
        }
        return y;
    }

    private static String text(int x, int y, String anchor, String words) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"#222222\">%s</text>",
                x,
                y,
                anchor,
                words);
    }
}
