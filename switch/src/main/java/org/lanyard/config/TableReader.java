package org.lanyard.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads one table of a TOML file, key by key, and notes each error with its position. A key that
 * nobody asked for is an error too: {@link #rejectUnknown} tells which known one was perhaps meant.
 */
final class TableReader {
    private static final int FAR = 3;

    private final String file;
    private final TomlTable table;
    private final TomlPosition position;
    private final List<ConfigError> errors;
    private final Set<String> known = new HashSet<>();

    /**
     * @param position where the table starts, for what is missing in it
     */
    TableReader(String file, TomlTable table, TomlPosition position, List<ConfigError> errors) {
        this.file = file;
        this.table = table;
        this.position = position;
        this.errors = errors;
    }

    /** A table that is not there. */
    TableReader empty() {
        return new TableReader(file, Toml.parse(""), position, errors);
    }

    /** The table's keys in the file's order. */
    List<String> keys() {
        return List.copyOf(table.keySet());
    }

    boolean has(String key) {
        return table.contains(List.of(key));
    }

    void error(String key, String message) {
        error(table.inputPositionOf(List.of(key)), message);
    }

    /** Notes that a key should be there, at the table's own position. */
    void missing(String key, String message) {
        known.add(key);
        error(position, message);
    }

    private void error(TomlPosition at, String message) {
        int line = at == null ? 1 : at.line();
        int column = at == null ? 1 : at.column();
        errors.add(new ConfigError(file, line, column, message));
    }

    /** Keys of which enough was said, or that may be absent. */
    void expect(Collection<String> keys) {
        known.addAll(keys);
    }

    private Object get(String key) {
        known.add(key);
        return table.get(List.of(key));
    }

    /**
     * @param example how such a table is written
     */
    Optional<TableReader> table(String key, String example) {
        Object value = get(key);
        if (value instanceof TomlTable inner) {
            return Optional.of(
                    new TableReader(file, inner, table.inputPositionOf(List.of(key)), errors));
        }
        wrongType(key, value, "a table such as " + example);
        return Optional.empty();
    }

    /**
     * A string that {@code parse} understands or refuses with IllegalArgumentException.
     *
     * @param example for whoever wrote something else than a string
     */
    <T> Optional<T> parsed(String key, String example, Function<String, T> parse) {
        Object value = get(key);
        if (value instanceof String text) {
            return attempt(key, text, parse);
        }
        wrongType(key, value, "a string in quotes such as \"" + example + "\"");
        return Optional.empty();
    }

    private <T> Optional<T> attempt(String key, String text, Function<String, T> parse) {
        try {
            return Optional.of(parse.apply(text));
        } catch (IllegalArgumentException e) {
            error(key, key + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    long integer(String key, long lowest, long highest, long otherwise) {
        Object value = get(key);
        if (value instanceof Long number) {
            return inRange(key, number, lowest, highest) ? number : otherwise;
        }
        wrongType(key, value, "a whole number from " + lowest + " to " + highest);
        return otherwise;
    }

    boolean bool(String key, boolean otherwise) {
        Object value = get(key);
        if (value instanceof Boolean truth) {
            return truth;
        }
        wrongType(key, value, "true or false");
        return otherwise;
    }

    private boolean inRange(String key, long value, long lowest, long highest) {
        boolean good = value >= lowest && value <= highest;
        if (!good) {
            error(key, key + ": " + value + " is not from " + lowest + " to " + highest);
        }
        return good;
    }

    /** A number of bytes, or a string such as "4MiB". */
    long bytes(String key, long lowest, long highest, long otherwise) {
        Object value = get(key);
        Optional<Long> size = Optional.empty();
        if (value instanceof Long number) {
            size = Optional.of(number);
        } else if (value instanceof String text) {
            size = attempt(key, text, Quantities::bytes);
        } else {
            wrongType(key, value, "a size such as \"4MiB\", or a number of bytes");
        }
        if (size.isEmpty()) {
            return otherwise;
        }
        if (size.get() < lowest || size.get() > highest) {
            String from = Quantities.formatBytes(lowest);
            error(
                    key,
                    key
                            + ": "
                            + value
                            + " is not from "
                            + from
                            + " to "
                            + Quantities.formatBytes(highest));
            return otherwise;
        }
        return size.get();
    }

    boolean isString(String key) {
        return table.get(List.of(key)) instanceof String;
    }

    boolean isString(String key, String value) {
        return value.equals(table.get(List.of(key)));
    }

    boolean isBoolean(String key) {
        return table.get(List.of(key)) instanceof Boolean;
    }

    boolean isEmptyList(String key) {
        return table.get(List.of(key)) instanceof TomlArray array && array.isEmpty();
    }

    /** An array of strings, each of which {@code parse} understands or refuses. */
    <T> List<T> list(String key, String example, Function<String, T> parse) {
        return list(key, "strings such as [\"" + example + "\"]", false, parse);
    }

    /** The same, with whole numbers among them, which {@code parse} gets as text. */
    <T> List<T> listOfNumbersAndStrings(String key, String example, Function<String, T> parse) {
        return list(key, "numbers and strings such as [10, \"" + example + "\"]", true, parse);
    }

    private <T> List<T> list(String key, String items, boolean numbers, Function<String, T> parse) {
        Object value = get(key);
        if (!(value instanceof TomlArray array)) {
            wrongType(key, value, "an array of " + items);
            return List.of();
        }
        List<T> parsed = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            Object item = array.get(i);
            if (item instanceof String || numbers && item instanceof Long) {
                try {
                    parsed.add(parse.apply(item.toString()));
                } catch (IllegalArgumentException e) {
                    error(array.inputPositionOf(i), key + ": " + e.getMessage());
                }
            } else {
                String wanted = numbers ? " is neither number nor string" : " is no string";
                error(array.inputPositionOf(i), key + ": item " + (i + 1) + wanted);
            }
        }
        return parsed;
    }

    private void wrongType(String key, Object value, String wanted) {
        if (value != null) {
            error(key, key + " is " + typeOf(value) + ", not " + wanted);
        }
    }

    private static String typeOf(Object value) {
        if (value instanceof Number) {
            return "a number";
        }
        if (value instanceof TomlTable) {
            return "a table";
        }
        if (value instanceof TomlArray) {
            return "an array";
        }
        if (value instanceof Boolean) {
            return "true or false";
        }
        return value instanceof String ? "a string" : "a date or time";
    }

    /**
     * Notes every key that none of the readers above was asked for.
     *
     * @return whether there was one; it is perhaps what seems to be missing
     */
    boolean rejectUnknown() {
        return rejectUnknown(Set.of());
    }

    /**
     * @param elsewhere words that may have been meant too, though they are no keys here and now
     */
    boolean rejectUnknown(Set<String> elsewhere) {
        boolean found = false;
        for (String key : table.keySet()) {
            if (!known.contains(key)) {
                found = true;
                error(key, "unknown key '" + key + "'" + suggestion(key, known, elsewhere));
            }
        }
        return found;
    }

    /** The nearest candidate as a question, or what there is to choose from. */
    private static String suggestion(String word, Set<String> known, Set<String> elsewhere) {
        List<String> sorted = new ArrayList<>(known);
        sorted.addAll(elsewhere);
        Collections.sort(sorted);
        String best = null;
        int least = FAR;
        for (String candidate : sorted) {
            int distance = distance(word, candidate);
            if (distance < least && distance < candidate.length()) {
                least = distance;
                best = candidate;
            }
        }
        return best != null
                ? " (did you mean '" + best + "'?)"
                : " (known here: " + String.join(", ", new TreeSet<>(known)) + ")";
    }

    /** Edits between two words, where two neighbours that changed places count as one edit. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
