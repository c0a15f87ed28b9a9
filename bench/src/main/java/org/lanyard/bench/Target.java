package org.lanyard.bench;

import java.util.Locale;

/**
 * What is aimed at: a candidate's figure in one trial over a rival's in the same or another trial
 * of the run, or the figure itself when there is no rival. {@code atLeast} tells whether the bound
 * is a least or a most; a bound of NaN is for information, and neither met nor missed.
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

    /** For information: nothing is aimed at yet. */
    static Target told(String trial, String rival, Metric metric) {
        return against(trial, rival, metric, Double.NaN);
    }

    /** For information: one candidate over another in the same trial. */
    static Target told(String trial, String candidate, String rival, Metric metric) {
        return new Target(
                trial, candidate, trial, rival, metric, metric.moreIsBetter(), Double.NaN);
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

    boolean isAim() {
        return !Double.isNaN(bound);
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
        String words = String.format("%s: %s, %s / %s", trial, metric.words(), candidate, other);
        return isAim()
                ? String.format(
                        Locale.ROOT, "%s, at %s %.2f", words, atLeast ? "least" : "most", bound)
                : words + ", for information";
    }
}
