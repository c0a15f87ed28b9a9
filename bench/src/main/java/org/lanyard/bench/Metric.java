package org.lanyard.bench;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A figure of a {@link Measurement}, how it is written, and which way is better. */
enum Metric {
    DELIVERED("delivered frames/s", true, Measurement::delivered),
    THROUGHPUT("TCP throughput", true, Measurement::bitsPerSecond),
    LOSS("loss", false, Measurement::lossRatio),
    P50("round trip p50", false, Measurement::p50Micros),
    P99("round trip p99", false, Measurement::p99Micros),
    CORES("switch CPU", false, Measurement::cores),
    RESIDENT("resident memory", false, Measurement::residentMib);

    private final String words;
    private final boolean moreIsBetter;
    private final ToDoubleFunction<Measurement> value;

    Metric(String words, boolean moreIsBetter, ToDoubleFunction<Measurement> value) {
        this.words = words;
        this.moreIsBetter = moreIsBetter;
        this.value = value;
    }

    String words() {
        return words;
    }

    boolean moreIsBetter() {
        return moreIsBetter;
    }

    double of(Measurement measurement) {
        return value.applyAsDouble(measurement);
    }

    String format(double figure) {
        if (Double.isNaN(figure)) {
            return "–";
        }
        return switch (this) {
            case DELIVERED -> frames(figure);
            case THROUGHPUT -> bits(figure);
            case LOSS -> figure == 0 ? "0" : String.format(Locale.ROOT, "%.2g %%", figure * 100);
            case P50, P99 -> String.format(Locale.ROOT, "%.1f µs", figure);
            case CORES -> String.format(Locale.ROOT, "%.2f %% of a core", figure * 100);
            case RESIDENT -> String.format(Locale.ROOT, "%.0f MiB", figure);
        };
    }

    /** Whether it tells how much came through: what a plot's bars show. */
    boolean isRate() {
        return this == DELIVERED || this == THROUGHPUT;
    }

    private static String bits(double perSecond) {
        if (perSecond >= 1e10) {
            return String.format(Locale.ROOT, "%.1f Gbit/s", perSecond / 1e9);
        }
        return String.format(Locale.ROOT, "%.0f Mbit/s", perSecond / 1e6);
    }

    private static String frames(double perSecond) {
        if (perSecond >= 1e6) {
            return String.format(Locale.ROOT, "%.2f M", perSecond / 1e6);
        }
        return String.format(Locale.ROOT, "%.0f k", perSecond / 1e3);
    }
}
