package org.lanyard.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.tomlj.Toml;

/** conf/lanyard.schema.json, from {@link Keys}: draft 7, which editors of TOML know. */
final class SchemaFile {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> WAYS = Set.of("rx", "tx");

    private SchemaFile() {}

    static String write() throws JsonProcessingException {
        ObjectNode schema = NODES.objectNode();
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.put("title", "A switch of Lanyard's");
        schema.put("type", "object");
        ObjectNode root = schema.putObject("properties");
        ObjectNode definitions = schema.putObject("definitions");
        for (Keys.Table table : Keys.all()) {
            ObjectNode node = definitions.putObject(table.name());
            describe(table, node);
            node.setAll(rules(table.name()));
            if (table.name().equals("impair")) {
                ObjectNode wire = definitions.putObject("wire");
                describe(table, wire);
                ((ObjectNode) wire.get("properties")).remove(WAYS);
            }
        }
        root.putObject("switch").put("$ref", "#/definitions/switch");
        root.putObject("control").put("$ref", "#/definitions/control");
        ObjectNode ports = root.putObject("ports");
        ports.put("type", "object").put("description", "one table for each port");
        ports.putObject("propertyNames").put("pattern", "^" + ConfigParser.NAME.pattern() + "$");
        ports.putObject("additionalProperties").put("$ref", "#/definitions/ports");
        schema.put("additionalProperties", false);
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
    }

    private static void describe(Keys.Table table, ObjectNode node) throws JsonProcessingException {
        node.put("type", "object").put("additionalProperties", false);
        ObjectNode properties = node.putObject("properties");
        for (Keys.Key key : table.keys()) {
            ObjectNode type = key.type().schema().deepCopy();
            ObjectNode property = properties.putObject(key.name());
            property.put("description", key.says());
            if (key.otherwise() != null) {
                property.set("default", json("x = " + key.otherwise()).get("x"));
            }
            if (type.has("$ref")) { // beside which draft 7 knows nothing else
                property.putArray("allOf").add(type);
            } else {
                property.setAll(type);
            }
        }
    }

    /** A TOML text as JSON. */
    static JsonNode json(String toml) throws JsonProcessingException {
        return JSON.readTree(Toml.parse(toml).toJson());
    }

    /** What a table's keys have to do with each other. */
    private static ObjectNode rules(String table) {
        return switch (table) {
            case "ports" -> oneOf("stream", "tap", "user", "bridge", "packet", "macvtap");
            case "stream" -> oneOf("listen", "connect");
            case "tap" -> {
                ObjectNode rules = required("name");
                ObjectNode needs = rules.putObject("dependencies");
                needs.putArray("nat").add("address");
                needs.putArray("hairpin").add("nat");
                needs.putArray("dhcp").add("address");
                needs.putArray("bootfile").add("dhcp");
                yield rules;
            }
            case "bridge" -> required("name");
            case "packet" -> required("interface");
            case "macvtap" -> {
                ObjectNode rules = oneOf("name", "parent");
                ObjectNode needs = rules.putObject("dependencies");
                needs.putArray("mode").add("parent");
                needs.putArray("mac").add("parent");
                yield rules;
            }
            case "dhcp" -> required("range");
            case "vlan" -> {
                ObjectNode rules = oneOf("access", "trunk", "tunnel");
                ObjectNode needs = rules.putObject("dependencies");
                needs.putArray("native").add("trunk");
                needs.putArray("tag-type").add("trunk");
                needs.putObject("admit").setAll(not(required("tunnel")));
                needs.putObject("nested-tags").setAll(not(required("tunnel")));
                yield rules;
            }
            case "impair" -> {
                ObjectNode rules = NODES.objectNode();
                ArrayNode either = rules.putArray("anyOf");
                ObjectNode ways = NODES.objectNode();
                WAYS.stream()
                        .sorted()
                        .forEach(ways.putObject("propertyNames").putArray("enum")::add);
                either.add(ways);
                ObjectNode any = NODES.objectNode();
                ArrayNode has = any.putArray("anyOf");
                WAYS.stream().sorted().forEach(way -> has.add(required(way)));
                either.add(not(any));
                yield rules;
            }
            default -> NODES.objectNode();
        };
    }

    private static ObjectNode not(ObjectNode what) {
        ObjectNode node = NODES.objectNode();
        node.set("not", what);
        return node;
    }

    private static ObjectNode oneOf(String... keys) {
        ObjectNode node = NODES.objectNode();
        ArrayNode list = node.putArray("oneOf");
        List.of(keys).forEach(key -> list.add(required(key)));
        return node;
    }

    private static ObjectNode required(String key) {
        ObjectNode node = NODES.objectNode();
        node.putArray("required").add(key);
        return node;
    }
}
