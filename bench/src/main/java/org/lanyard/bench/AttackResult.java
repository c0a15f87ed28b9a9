package org.lanyard.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/** What an attack did to the pair and to the switch. One thread. */
final class AttackResult {
    static final double LEAST_RATE = 0.8;
    static final double MOST_P99 = 2;
    static final double MOST_SECONDS = 2;

    /**
     * One window beside the attack and the next beside as much CPU.
     *
     * @param cores that the attack's programs used
     */
    record Turn(Probe probe, Probe.Found under, Probe.Found beside, double cores) {
        double rateRatio() {
            return beside.perSecond() == 0 ? Double.NaN : under.perSecond() / beside.perSecond();
        }

        double p99Ratio() {
            return under.p99Micros() / beside.p99Micros();
        }
    }

    private final Attack attack;
    private final List<Turn> turns = new ArrayList<>();
    private final Set<String> faults = new LinkedHashSet<>();
    private double startSeconds = Double.NaN;
    private double statusSeconds = Double.NaN;
    private int peakMib;
    private double heapMib = Double.NaN;

    AttackResult(Attack attack) {
        this.attack = attack;
    }

    Attack attack() {
        return attack;
    }

    void add(Turn turn) {
        turns.add(turn);
    }

    /**
     * @param sentence what is wrong; said once, however often it is found
     */
    void fault(String sentence) {
        faults.add(sentence);
    }

    void started(double seconds) {
        startSeconds = seconds;
    }

    void answered(double seconds) {
        statusSeconds = Double.isNaN(statusSeconds) ? seconds : Math.max(statusSeconds, seconds);
    }

    void memory(int mib) {
        peakMib = Math.max(peakMib, mib);
    }

    void heap(double mib) {
        heapMib = mib;
    }

    double startSeconds() {
        return startSeconds;
    }

    double statusSeconds() {
        return statusSeconds;
    }

    int peakMib() {
        return peakMib;
    }

    double heapMib() {
        return heapMib;
    }

    double cores() {
        return median(turns.stream().map(Turn::cores).toList()).orElse(Double.NaN);
    }

    /** The median of the ratios of neighbouring windows: round trips or frames. */
    OptionalDouble rateRatio(boolean trips) {
        return median(
                turns.stream()
                        .filter(t -> t.probe().trips() == trips)
                        .map(Turn::rateRatio)
                        .toList());
    }

    OptionalDouble p99Ratio() {
        return median(turns.stream().filter(t -> t.probe().trips()).map(Turn::p99Ratio).toList());
    }

    /** Of what the pair sent beside the attack, the worst window's. */
    double lossRatio() {
        return turns.stream().mapToDouble(t -> t.under().lossRatio()).max().orElse(0);
    }

    private static OptionalDouble median(List<Double> figures) {
        // A window whose reference failed too says nothing.
        List<Double> known = figures.stream().filter(f -> !Double.isNaN(f)).toList();
        return known.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(new Series(known).median());
    }

    boolean isMet() {
        return missed().isEmpty();
    }

    /** Each aim that was missed, as a sentence. */
    List<String> missed() {
        List<String> missed = new ArrayList<>(faults);
        judge(missed, "one way", rateRatio(false));
        judge(missed, "round trips", rateRatio(true));
        p99Ratio()
                .ifPresent(
                        ratio -> {
                            if (!(ratio <= MOST_P99)) {
                                missed.add(format("p99 is %.1f times", ratio));
                            }
                        });
        if (turns.isEmpty()) {
            missed.add("nothing was measured");
        }
        if (peakMib > attack.mostMib()) {
            missed.add(peakMib + " MiB are more than " + attack.mostMib());
        }
        if (startSeconds > MOST_SECONDS) {
            missed.add(format("start took %.1f s", startSeconds));
        }
        if (statusSeconds > MOST_SECONDS) {
            missed.add(format("status took %.1f s", statusSeconds));
        }
        return missed;
    }

    private static void judge(List<String> missed, String what, OptionalDouble ratio) {
        if (ratio.isPresent() && !(ratio.getAsDouble() >= LEAST_RATE)) {
            missed.add(format(what + " is %.2f", ratio.getAsDouble()));
        }
    }

    private static String format(String words, double figure) {
        return String.format(Locale.ROOT, words, figure).replace("Infinity", "endless");
    }
}
