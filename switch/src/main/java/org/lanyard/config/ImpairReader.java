package org.lanyard.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.lanyard.policy.Impairment;
import org.lanyard.policy.PortPolicy;

/** Reads a port's {@code impair = { … }}: for both directions, or {@code rx} and {@code tx}. */
final class ImpairReader {
    static final String EXAMPLE = "{ loss = \"1%\", delay = \"20ms\" }";

    private static final String RECEIVED = "rx";
    private static final String SENT = "tx";
    private static final String SHARE_EXAMPLE = "1%";
    private static final String DELAY_EXAMPLE = "20ms";
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final TableReader owner;
    private final TableReader table;

    /**
     * @param owner of the key {@code impair}, for errors about the whole
     */
    ImpairReader(TableReader owner, TableReader table) {
        this.owner = owner;
        this.table = table;
    }

    PortPolicy addTo(PortPolicy policy) {
        if (!table.has(RECEIVED) && !table.has(SENT)) {
            table.expect(List.of(RECEIVED, SENT));
            Impairment both = read(owner, "impair", table);
            return policy.withWire(both, both);
        }
        Impairment received = oneWay(RECEIVED);
        Impairment sent = oneWay(SENT);
        table.rejectUnknown();
        return policy.withWire(received, sent);
    }

    private Impairment oneWay(String key) {
        Optional<TableReader> written = table.table(key, EXAMPLE);
        return written.map(way -> read(table, key, way)).orElse(Impairment.NONE);
    }

    /**
     * @param above the table that this one is in, at a key
     */
    private static Impairment read(TableReader above, String key, TableReader way) {
        long delay = nanos(way, "delay");
        Impairment impairment =
                new Impairment(
                        share(way, "loss"),
                        share(way, "duplicate"),
                        share(way, "corrupt"),
                        share(way, "reorder"),
                        delay,
                        nanos(way, "jitter"),
                        way.parsed("rate", "10Mbit", Quantities::bitRate)
                                .orElse((long) Impairment.NO_RATE),
                        (int)
                                way.bytes(
                                        "queue",
                                        72 << 10,
                                        Impairment.LARGEST_QUEUE,
                                        Impairment.DEFAULT_QUEUE),
                        way.integer("seed", 0, Long.MAX_VALUE, 0));
        way.rejectUnknown();
        if (impairment.jitterNanos() > delay) {
            above.error(key, key + ": jitter is longer than the delay that it varies");
        }
        if (impairment.reorder() > 0 && delay == 0 && impairment.rateBits() == 0) {
            above.error(key, key + ": reorder needs a delay or a rate that a frame can skip");
        }
        return impairment.isNone() ? Impairment.NONE : impairment;
    }

    private static double share(TableReader way, String key) {
        return way.parsed(key, SHARE_EXAMPLE, Quantities::share).orElse(0.0);
    }

    private static long nanos(TableReader way, String key) {
        return way.parsed(key, DELAY_EXAMPLE, ImpairReader::delay).orElse(Duration.ZERO).toNanos();
    }

    private static Duration delay(String text) {
        Duration delay = Quantities.duration(text);
        if (delay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' is longer than a minute");
        }
        return delay;
    }
}
