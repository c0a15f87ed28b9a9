package org.lanyard.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a key's value may be.
 *
 * @param words for people
 * @param schema for editors, JSON Schema draft 7
 * @param good values at the edges of what may be, as TOML
 * @param bad values beyond them
 */
record KeyType(String words, ObjectNode schema, List<String> good, List<String> bad) {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String NUMBER_AS_TEXT = "\"1\"";

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static ObjectNode ofType(String type) {
        return NODES.objectNode().put("type", type);
    }

    private static ObjectNode matching(Pattern pattern) {
        return ofType("string").put("pattern", "^(?:" + pattern.pattern() + ")$");
    }

    private static ObjectNode anyOf(ObjectNode... schemas) {
        ObjectNode all = NODES.objectNode();
        ArrayNode list = all.putArray("anyOf");
        Stream.of(schemas).forEach(list::add);
        return all;
    }

    static KeyType whole(long lowest, long highest) {
        List<String> bad = new ArrayList<>(List.of("" + (lowest - 1), NUMBER_AS_TEXT, "1.5"));
        if (highest < Long.MAX_VALUE) {
            bad.add("" + (highest + 1));
        }
        String to = highest < Long.MAX_VALUE ? " to " + highest : "";
        return new KeyType(
                "number from " + lowest + to,
                ofType("integer").put("minimum", lowest).put("maximum", highest),
                List.of("" + lowest, "" + highest),
                bad);
    }

    static KeyType size(long lowest, long highest) {
        String from = Quantities.formatBytes(lowest);
        String to = Quantities.formatBytes(highest);
        return new KeyType(
                "size from " + quoted(from) + " to " + quoted(to),
                anyOf(
                        matching(Quantities.SIZE),
                        ofType("integer").put("minimum", lowest).put("maximum", highest)),
                List.of(quoted(from), quoted(to), "" + lowest, "" + highest),
                List.of("" + (lowest - 1), "" + (highest + 1), quoted("5"), quoted("1 MiB")));
    }

    static KeyType duration(String lowest, String highest, String below, String above) {
        return new KeyType(
                "time from " + quoted(lowest) + " to " + quoted(highest),
                matching(Quantities.DURATION),
                List.of(quoted(lowest), quoted(highest)),
                List.of(quoted(below), quoted(above), "5"));
    }

    static KeyType rate() {
        return new KeyType(
                "rate such as `\"512kbit\"`, `\"10Mbit\"`, `\"1Gbit\"`",
                matching(Quantities.RATE),
                List.of(quoted("1bit"), quoted("999999Gbit")),
                List.of(quoted("0bit"), quoted("1.5Mbit"), quoted("10M"), "1000"));
    }

    static KeyType share() {
        return new KeyType(
                "share from `\"0%\"` to `\"100%\"`, such as `\"0.05%\"`",
                matching(Quantities.SHARE),
                List.of(quoted("0%"), quoted("0.000000001%"), quoted("100%")),
                List.of(quoted("100.1%"), quoted("-1%"), quoted("0.5"), "0.5"));
    }

    static KeyType bool() {
        return new KeyType(
                "`true` or `false`",
                ofType("boolean"),
                List.of("true", "false"),
                List.of("1", quoted("true")));
    }

    static KeyType oneOf(String... words) {
        ObjectNode schema = NODES.objectNode();
        Stream.of(words).forEach(schema.putArray("enum")::add);
        List<String> all = Stream.of(words).map(KeyType::quoted).toList();
        return new KeyType(
                "`" + String.join("`, `", all) + "`", schema, all, List.of(quoted("nix"), "1"));
    }

    static KeyType text(String words, Pattern pattern, List<String> good, List<String> bad) {
        return new KeyType(
                words,
                matching(pattern),
                good.stream().map(KeyType::quoted).toList(),
                Stream.concat(bad.stream().map(KeyType::quoted), Stream.of("5")).toList());
    }

    /** Items that are numbers or strings. */
    KeyType or(KeyType other) {
        List<String> both = new ArrayList<>(good);
        both.addAll(other.good);
        return new KeyType(
                words + " or " + other.words, anyOf(schema, other.schema), both, List.of("true"));
    }

    KeyType list() {
        ObjectNode array = ofType("array");
        array.set("items", schema);
        return new KeyType(
                "array of: " + words,
                array,
                List.of("[" + String.join(", ", good) + "]"),
                bad.stream().map(item -> "[" + item + "]").toList());
    }

    /** A list that names something. */
    KeyType nonEmptyList() {
        KeyType list = list();
        list.schema.put("minItems", 1);
        List<String> more = new ArrayList<>(list.bad);
        more.add("[]");
        return new KeyType(list.words, list.schema, list.good, more);
    }

    static KeyType table(String name) {
        return table(name, name);
    }

    /**
     * @param section of the page that tells of it
     */
    static KeyType table(String name, String section) {
        return new KeyType(
                "table, see [" + section + "](#" + section + ")",
                NODES.objectNode().put("$ref", "#/definitions/" + name),
                List.of(),
                List.of("5", "true"));
    }
}
