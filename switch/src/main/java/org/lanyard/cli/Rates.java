package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;

/**
 * What a port did in a second, between two looks at its counters.
 *
 * @param isKnown false when there is nothing to compare: it has just come, or its counters began
 *     anew
 * @param drops frames by reason; those that happened
 */
record Rates(
        String name,
        String state,
        boolean isKnown,
        double rxPackets,
        double rxBits,
        double txPackets,
        double txBits,
        Map<String, Double> drops) {
    private static final List<String> COUNTERS =
            List.of("rx_packets", "rx_bytes", "tx_packets", "tx_bytes");

    /**
     * Of all ports that are there now, the busiest first, those that listen last.
     *
     * @param before as {@code port.list} had it, or null
     * @param now as {@code port.list} has it
     */
    static List<Rates> between(JsonNode before, JsonNode now, double seconds) {
        Map<String, JsonNode> old = new HashMap<>();
        if (before != null) {
            before.forEach(port -> old.put(port.path("name").asText(), port));
        }
        List<Rates> all = new ArrayList<>();
        for (JsonNode port : now) {
            all.add(of(old.get(port.path("name").asText()), port, seconds));
        }
        all.sort(
                Comparator.comparing(Rates::listens)
                        .thenComparing(Comparator.comparingDouble(Rates::bits).reversed()));
        return all;
    }

    private static Rates of(JsonNode before, JsonNode now, double seconds) {
        boolean isKnown = before != null && !hasBegunAnew(before, now);
        double[] rates = new double[COUNTERS.size()];
        Map<String, Double> drops = new TreeMap<>();
        if (isKnown) {
            for (int i = 0; i < rates.length; i++) {
                String counter = COUNTERS.get(i);
                rates[i] = (now.path(counter).asLong() - before.path(counter).asLong()) / seconds;
            }
            for (Entry<String, JsonNode> drop : now.path("drops").properties()) {
                long was = before.path("drops").path(drop.getKey()).asLong();
                if (drop.getValue().asLong() > was) {
                    drops.put(drop.getKey(), (drop.getValue().asLong() - was) / seconds);
                }
            }
        }
        return new Rates(
                now.path("name").asText(),
                now.path("state").asText(),
                isKnown,
                rates[0],
                rates[1] * Byte.SIZE,
                rates[2],
                rates[3] * Byte.SIZE,
                drops);
    }

    private static boolean hasBegunAnew(JsonNode before, JsonNode now) {
        return COUNTERS.stream()
                .anyMatch(counter -> now.path(counter).asLong() < before.path(counter).asLong());
    }

    boolean listens() {
        return state.equals("listening");
    }

    private double bits() {
        return rxBits + txBits;
    }

    double dropped() {
        return drops.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Why most were dropped; empty where none were. */
    String leadingReason() {
        return drops.entrySet().stream()
                .max(Entry.comparingByValue())
                .map(Entry::getKey)
                .orElse("");
    }
}
