package org.lanyard.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/** How often a port refused what somebody wanted of it, by the limit that was met. One thread. */
final class Refusals {
    /** A limit without a refusal yet. */
    private static final long NONE = 0;

    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final Map<String, Long> told = new LinkedHashMap<>();

    void add(String limit, long count) {
        counts.merge(limit, count, Long::sum);
    }

    /** By the limit's name, those that were met at all. */
    Map<String, Long> counts() {
        return counts;
    }

    /** Tells of each limit that was met since this was last asked, and how often. */
    void news(ObjLongConsumer<String> teller) {
        counts.forEach(
                (limit, count) -> {
                    long before = told.getOrDefault(limit, NONE);
                    if (count > before) {
                        told.put(limit, count);
                        teller.accept(limit, count - before);
                    }
                });
    }
}
