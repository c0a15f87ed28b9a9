package org.lanyard.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The attacks' results in Markdown. */
final class AttackReport {
    private final List<AttackResult> results;

    AttackReport(List<AttackResult> results) {
        this.results = results;
    }

    /**
     * @param heading lines about date, machine and version
     */
    String markdown(List<String> heading) {
        StringBuilder text = new StringBuilder("# Attacks\n\n");
        heading.forEach(line -> text.append("- ").append(line).append('\n'));
        long met = results.stream().filter(AttackResult::isMet).count();
        text.append(String.format("- aims met under %d of %d attacks%n", met, results.size()));
        text.append(
                "\n| attack | one way | round trips | p99 | loss | attack's cores | memory, MiB");
        text.append(" | heap, MiB | start, s | status, s | met |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        results.forEach(result -> text.append(row(result)));
        text.append("\n## What is missed\n\n");
        results.stream().filter(r -> !r.isMet()).forEach(r -> appendMissed(text, r));
        text.append(met == results.size() ? "Nothing.\n" : "");
        text.append("\n## What is done\n\n");
        for (AttackResult result : results) {
            Attack attack = result.attack();
            text.append("- `").append(attack.name()).append("`: ");
            text.append(attack.words()).append('\n');
        }
        return text.toString();
    }

    private static void appendMissed(StringBuilder text, AttackResult result) {
        text.append("- `").append(result.attack().name()).append("`: ");
        text.append(String.join("; ", result.missed())).append('\n');
    }

    private static String row(AttackResult r) {
        return String.format(
                Locale.ROOT,
                "| `%s` | %s | %s | %s | %s | %s | %d of %d | %s | %s | %s | %s |%n",
                r.attack().name(),
                figure(r.rateRatio(false)),
                figure(r.rateRatio(true)),
                figure(r.p99Ratio()),
                r.lossRatio() == 0
                        ? "0"
                        : String.format(Locale.ROOT, "%.2g %%", r.lossRatio() * 100),
                figure(r.cores()),
                r.peakMib(),
                r.attack().mostMib(),
                figure(r.heapMib()),
                figure(r.startSeconds()),
                figure(r.statusSeconds()),
                r.isMet() ? "yes" : "**no**");
    }

    /** One attack's result in a line, for whoever waits. */
    static String line(AttackResult r) {
        return String.format(
                Locale.ROOT,
                "%-18s one way %s, round trips %s, p99 × %s; %d MiB (at most %d), heap %s MiB;"
                        + " start %s s, status %s s: %s",
                r.attack().name(),
                figure(r.rateRatio(false)),
                figure(r.rateRatio(true)),
                figure(r.p99Ratio()),
                r.peakMib(),
                r.attack().mostMib(),
                figure(r.heapMib()),
                figure(r.startSeconds()),
                figure(r.statusSeconds()),
                r.isMet() ? "met" : "MISSED: " + String.join("; ", r.missed()));
    }

    private static String figure(OptionalDouble value) {
        return figure(value.orElse(Double.NaN));
    }

    private static String figure(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        return Double.isInfinite(value) ? "endless" : String.format(Locale.ROOT, "%.2f", value);
    }
}
