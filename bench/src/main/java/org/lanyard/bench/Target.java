package org.lanyard.bench;

import java.util.Locale;

/**
 * What is aimed at: a candidate's figure in one trial over a rival's in the same or another trial
 * of the run, or the figure itself when there is no rival. {@code atLeast} tells whether the bound
 * is a least or a most.
 */
record Target(
        String trial,
        String candidate,
        String rivalTrial,
        String rival,
        Metric metric,
        boolean atLeast,
        double bound) {

    private static final String NONE = "";

    static Target against(String trial, String rival, Metric metric, double bound) {
        return new Target(
                trial, LanyardSwitch.NAME, trial, rival, metric, metric.moreIsBetter(), bound);
    }

    /** The candidate in one trial over itself in another. */
    static Target within(String trial, String other, Metric metric, double bound) {
        return new Target(
                trial,
                LanyardSwitch.NAME,
                other,
                LanyardSwitch.NAME,
                metric,
                metric.moreIsBetter(),
                bound);
    }

    /** The figure itself. */
    static Target of(String trial, Metric metric, double bound) {
        return new Target(
                trial, LanyardSwitch.NAME, trial, NONE, metric, metric.moreIsBetter(), bound);
    }

    boolean isRatio() {
        return !rival.equals(NONE);
    }

    boolean isMet(double ratio) {
        return atLeast ? ratio >= bound : ratio <= bound;
    }

    String words() {
        if (!isRatio()) {
            return String.format(
                    "%s: %s, at %s %s",
                    trial, metric.words(), atLeast ? "least" : "most", metric.format(bound));
        }
        String other = rivalTrial.equals(trial) ? rival : "the same in " + rivalTrial;
        return String.format(
                Locale.ROOT,
                "%s: %s, %s / %s, at %s %.2f",
                trial,
                metric.words(),
                candidate,
                other,
                atLeast ? "least" : "most",
                bound);
    }
}
