package org.lanyard.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * What a ruleset of nftables does with a packet that comes in by an interface and is for the host
 * itself, as far as that can be told: a rule with a condition not known here is taken for one that
 * does not match. The ruleset is as {@code nft -j list ruleset} has it (libnftables-json(5)).
 */
final class InputRules {
    private static final int DEEPEST = 16;

    /** The first packet of a flow of IPv4. */
    record Packet(String interfaceName, String protocol, int port) {}

    /** A base chain, and the chains that it jumps to. */
    record Chain(String family, String table, String name) {
        @Override
        public String toString() {
            return family + " " + table + " " + name;
        }
    }

    private enum Verdict {
        ACCEPT,
        DROP,
        RETURN,
        NONE
    }

    private final Map<Chain, List<JsonNode>> rules = new LinkedHashMap<>();

    /** Those whose hook is input, and whether they drop what no rule decides. */
    private final Map<Chain, Boolean> bases = new LinkedHashMap<>();

    /**
     * @param ruleset the whole answer of nft
     */
    InputRules(JsonNode ruleset) {
        for (JsonNode item : ruleset.path("nftables")) {
            JsonNode chain = item.path("chain");
            if (chain.isObject()) {
                Chain found = chain(chain, "name");
                rules.putIfAbsent(found, new ArrayList<>());
                boolean isIpv4 = List.of("ip", "inet").contains(found.family());
                if (isIpv4 && chain.path("hook").asText().equals("input")) {
                    bases.put(found, chain.path("policy").asText().equals("drop"));
                }
            }
            JsonNode rule = item.path("rule");
            if (rule.isObject()) {
                rules.computeIfAbsent(chain(rule, "chain"), c -> new ArrayList<>())
                        .add(rule.path("expr"));
            }
        }
    }

    private static Chain chain(JsonNode node, String key) {
        return new Chain(
                node.path("family").asText(), node.path("table").asText(), node.path(key).asText());
    }

    /** The first chain at which the packet ends; each has to let it pass. */
    Optional<Chain> dropping(Packet packet) {
        return bases.entrySet().stream()
                .filter(base -> drops(base.getKey(), base.getValue(), packet))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private boolean drops(Chain base, boolean byPolicy, Packet packet) {
        Verdict verdict = verdict(base, packet, 0);
        return verdict == Verdict.DROP || verdict != Verdict.ACCEPT && byPolicy;
    }

    /** Whether the chain, or one that it jumps to, belongs to ufw. */
    boolean isOfUfw(Chain base) {
        return rules.get(base).toString().contains("\"ufw-");
    }

    private Verdict verdict(Chain chain, Packet packet, int depth) {
        for (JsonNode rule : rules.getOrDefault(chain, List.of())) {
            Verdict verdict = ofRule(chain, rule, packet, depth);
            if (verdict != Verdict.NONE) {
                return verdict;
            }
        }
        return Verdict.NONE;
    }

    private Verdict ofRule(Chain chain, JsonNode rule, Packet packet, int depth) {
        for (JsonNode statement : rule) {
            if (statement.has("match")) {
                if (!matches(statement.path("match"), packet)) {
                    return Verdict.NONE;
                }
            } else if (statement.has("limit") || statement.has("xt")) {
                return Verdict.NONE;
            } else {
                Verdict verdict = ofStatement(chain, statement, packet, depth);
                if (verdict != Verdict.NONE) {
                    return verdict;
                }
            }
        }
        return Verdict.NONE;
    }

    private Verdict ofStatement(Chain chain, JsonNode statement, Packet packet, int depth) {
        if (statement.has("accept")) {
            return Verdict.ACCEPT;
        }
        if (statement.has("drop") || statement.has("reject")) {
            return Verdict.DROP;
        }
        if (statement.has("return")) {
            return Verdict.RETURN;
        }
        if (statement.has("vmap")) {
            return ofMap(chain, statement.path("vmap"), packet, depth);
        }
        boolean jumps = statement.has("jump");
        if ((jumps || statement.has("goto")) && depth < DEEPEST) {
            String target = statement.path(jumps ? "jump" : "goto").path("target").asText();
            Chain next = new Chain(chain.family(), chain.table(), target);
            Verdict verdict = verdict(next, packet, depth + 1);
            boolean isDecided = verdict == Verdict.ACCEPT || verdict == Verdict.DROP;
            return isDecided ? verdict : jumps ? Verdict.NONE : Verdict.RETURN;
        }
        return Verdict.NONE;
    }

    /** The first value that matches decides. */
    private Verdict ofMap(Chain chain, JsonNode map, Packet packet, int depth) {
        for (JsonNode pair : map.path("data").path("set")) {
            if (holds(map.path("key"), pair.path(0), packet)) {
                return ofStatement(chain, pair.path(1), packet, depth);
            }
        }
        return Verdict.NONE;
    }

    private static boolean matches(JsonNode match, Packet packet) {
        boolean isNegated = match.path("op").asText().equals("!=");
        JsonNode left = match.path("left");
        return isKnown(left) && holds(left, match.path("right"), packet) != isNegated;
    }

    private static boolean isKnown(JsonNode left) {
        String key = left.path("meta").path("key").asText();
        String payload = left.path("payload").path("field").asText();
        return List.of("iifname", "iif", "l4proto", "nfproto").contains(key)
                || List.of("dport", "protocol").contains(payload)
                || left.path("ct").path("key").asText().equals("state");
    }

    private static boolean holds(JsonNode left, JsonNode right, Packet packet) {
        JsonNode all = right.has("set") ? right.path("set") : right;
        if (all.isArray()) {
            return StreamSupport.stream(all.spliterator(), false)
                    .anyMatch(one -> holdsOne(left, one, packet));
        }
        return holdsOne(left, right, packet);
    }

    private static boolean holdsOne(JsonNode left, JsonNode right, Packet packet) {
        String value = right.asText();
        if (left.has("ct")) {
            return value.equals("new");
        }
        JsonNode payload = left.path("payload");
        if (payload.path("field").asText().equals("dport")) {
            String protocol = payload.path("protocol").asText();
            JsonNode range = right.path("range");
            int first = (range.isArray() ? range.path(0) : right).asInt(-1);
            int last = (range.isArray() ? range.path(1) : right).asInt(-1);
            return List.of(packet.protocol(), "th").contains(protocol)
                    && first <= packet.port()
                    && packet.port() <= last;
        }
        String key = left.path("meta").path("key").asText();
        if (key.startsWith("iif")) {
            return value.endsWith("*")
                    ? packet.interfaceName().startsWith(value.substring(0, value.length() - 1))
                    : value.equals(packet.interfaceName());
        }
        return key.equals("nfproto") ? value.equals("ipv4") : value.equals(packet.protocol());
    }
}
