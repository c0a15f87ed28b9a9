package org.lanyard.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What has to change for one configuration to become another, key by key. */
public final class ConfigDiff {
    /**
     * One key.
     *
     * @param table its headline, such as {@code [ports.web]}
     * @param is its value as it is written, or null where it has none
     * @param becomes the same
     * @param restart whether a running switch can't change it
     */
    public record Change(String table, String key, String is, String becomes, boolean restart) {
        @Override
        public String toString() {
            String place = table + " " + key;
            String mark = restart ? " (restart)" : "";
            if (is == null) {
                return "+ " + place + " = " + becomes + mark;
            }
            return becomes == null
                    ? "- " + place + " = " + is + mark
                    : "~ " + place + " = " + becomes + " (is " + is + ")" + mark;
        }
    }

    private static final String SWITCH = "[switch]";

    /** What the threads, the memory and the place of a switch were made with. */
    static final Set<String> FIXED =
            Set.of("name", "mac-table-size", "workers", "max-ports", "backlog-memory");

    /** What a port has about which only was said what it is. */
    private static final Map<String, String> DEFAULTS = defaults();

    private ConfigDiff() {}

    private static Map<String, String> defaults() {
        SwitchConfig bare = SwitchConfig.withoutFile();
        Map<String, String> keys = ConfigWriter.tables(bare).get("[ports.guests]");
        keys.remove("stream");
        return Map.copyOf(keys);
    }

    /** In the order of the tables, those that go last. */
    public static List<Change> between(SwitchConfig one, SwitchConfig other) {
        Map<String, Map<String, String>> here = ConfigWriter.tables(one);
        Map<String, Map<String, String>> there = ConfigWriter.tables(other);
        List<Change> changes = new ArrayList<>();
        for (String table : union(there.keySet(), here.keySet())) {
            Map<String, String> is = here.getOrDefault(table, new LinkedHashMap<>());
            Map<String, String> becomes = there.getOrDefault(table, new LinkedHashMap<>());
            if (is.isEmpty() || becomes.isEmpty()) { // of what comes or goes whole: what was said
                is.entrySet().removeAll(DEFAULTS.entrySet());
                becomes.entrySet().removeAll(DEFAULTS.entrySet());
            }
            for (String key : union(becomes.keySet(), is.keySet())) {
                boolean restart = table.equals(SWITCH) && FIXED.contains(key);
                Change change = new Change(table, key, is.get(key), becomes.get(key), restart);
                if (!Objects.equals(change.is(), change.becomes())) {
                    changes.add(change);
                }
            }
        }
        return changes;
    }

    private static Set<String> union(Set<String> first, Set<String> then) {
        Set<String> all = new LinkedHashSet<>(first);
        all.addAll(then);
        return all;
    }
}
