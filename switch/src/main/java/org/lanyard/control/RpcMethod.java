package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A method of the control socket, as conf/RPC.md describes it.
 *
 * @param needs what a client must be allowed to call it
 * @param params all that it takes; it is called only with these, of these types
 */
record RpcMethod(String name, Access.Right needs, List<Param> params, JsonRpc.Method body) {
    /** What a parameter is, as JSON has it. */
    enum Type {
        STRING("a string", JsonNode::isTextual),
        INTEGER("a whole number", JsonNode::isIntegralNumber),
        STRINGS("an array of strings", Type::areStrings);

        private final String words;
        private final Predicate<JsonNode> fits;

        Type(String words, Predicate<JsonNode> fits) {
            this.words = words;
            this.fits = fits;
        }

        private static boolean areStrings(JsonNode node) {
            boolean all = node.isArray();
            for (JsonNode item : node) {
                all &= item.isTextual();
            }
            return all;
        }

        /** With its article. */
        String words() {
            return words;
        }
    }

    /** One parameter; null is as good as leaving out one that is optional. */
    record Param(String name, Type type, boolean required) {}

    static Param required(String name, Type type) {
        return new Param(name, type, true);
    }

    static Param optional(String name, Type type) {
        return new Param(name, type, false);
    }

    /** One that changes nothing. */
    static RpcMethod reading(String name, JsonRpc.Prompt body, Param... params) {
        return new RpcMethod(
                name, Access.Right.READ, Arrays.asList(params), JsonRpc.promptly(body));
    }

    /** One that changes nothing but what its client is told later. */
    static RpcMethod readingBy(String name, JsonRpc.Method body, Param... params) {
        return new RpcMethod(name, Access.Right.READ, Arrays.asList(params), body);
    }

    /** One that changes something. */
    static RpcMethod changing(String name, JsonRpc.Prompt body, Param... params) {
        return changingLater(name, JsonRpc.promptly(body), params);
    }

    /** One that changes something, and answers when that is done. */
    static RpcMethod changingLater(String name, JsonRpc.Method body, Param... params) {
        return new RpcMethod(name, Access.Right.CHANGE, Arrays.asList(params), body);
    }

    CompletableFuture<JsonNode> call(Client client, JsonNode given) throws JsonRpc.Refusal {
        if (given.isArray() && !given.isEmpty()) {
            throw new JsonRpc.Refusal(name + " takes its params by name: " + usage());
        }
        for (Param param : params) {
            JsonNode value = given.path(param.name());
            boolean absent = value.isMissingNode() || value.isNull();
            if (absent ? param.required() : !param.type().fits.test(value)) {
                throw new JsonRpc.Refusal(
                        name
                                + (absent ? " needs " : ": ")
                                + param.name()
                                + (absent ? ": " : " is not " + param.type().words() + ": ")
                                + usage());
            }
        }
        for (String key : (Iterable<String>) given::fieldNames) {
            if (params.stream().noneMatch(param -> param.name().equals(key))) {
                throw new JsonRpc.Refusal(name + " knows no '" + key + "': " + usage());
            }
        }
        return body.call(client, given);
    }

    /** All that there are, in the order of their names. */
    static ArrayNode describe(List<RpcMethod> methods) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        methods.stream()
                .sorted(Comparator.comparing(RpcMethod::name))
                .forEach(method -> method.describe(list.addObject()));
        return list;
    }

    private void describe(ObjectNode node) {
        node.put("name", name).put("changes", needs != Access.Right.READ).put("needs", needs.key());
        ArrayNode list = node.putArray("params");
        for (Param param : params) {
            list.addObject()
                    .put("name", param.name())
                    .put("type", param.type().words())
                    .put("required", param.required());
        }
    }

    /** For example {@code it takes name (a string), vlan (a whole number, optional)}. */
    private String usage() {
        return params.isEmpty()
                ? "it takes nothing"
                : params.stream()
                        .map(
                                p ->
                                        p.name()
                                                + " ("
                                                + p.type().words()
                                                + (p.required() ? ")" : ", optional)"))
                        .collect(Collectors.joining(", ", "it takes ", ""));
    }
}
