package org.lanyard.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the host's ruleset says of forwarding: our fences, and the chains of others. It is as {@code
 * nft -j list ruleset} has it (libnftables-json(5)).
 */
final class HostChains {
    private record Chain(String family, String table, String name) {
        boolean isOurs() {
            return family.equals("inet") && table.startsWith(Nat.PREFIX);
        }
    }

    private final List<String> dropping = new ArrayList<>();
    private final List<Chain> ours = new ArrayList<>();
    private final List<JsonNode> routers = new ArrayList<>();
    private final Set<Chain> aboutForwarding = new HashSet<>();
    private final Set<Chain> withRules = new HashSet<>();

    private final boolean tellsRules;

    /**
     * @param ruleset the whole answer of nft
     * @param tellsRules whether rules are in it, or chains alone
     */
    HostChains(JsonNode ruleset, boolean tellsRules) {
        this.tellsRules = tellsRules;
        for (JsonNode item : ruleset.path("nftables")) {
            if (item.has("chain")) {
                add(named(item.path("chain"), "name"), item.path("chain"));
            } else if (item.has("rule")) {
                withRules.add(named(item.path("rule"), "chain"));
            } else if (item.path("set").path("name").asText().equals(NatRules.ROUTERS)) {
                routers.add(item.path("set"));
            }
        }
    }

    private static Chain named(JsonNode node, String key) {
        return new Chain(
                node.path("family").asText(), node.path("table").asText(), node.path(key).asText());
    }

    private void add(Chain chain, JsonNode node) {
        boolean forwards = node.path("hook").asText().equals("forward");
        if (chain.isOurs()) {
            ours.add(chain);
        } else if (forwards || node.path("type").asText().equals("nat")) {
            aboutForwarding.add(chain);
            if (forwards && node.path("policy").asText().equals("drop")) {
                dropping.add(String.join(" ", chain.family(), chain.table(), chain.name()));
            }
        }
    }

    /** Chains of others that drop what is forwarded unless they are told otherwise. */
    List<String> dropping() {
        return List.copyOf(dropping);
    }

    /** Whether somebody else may have rules of what is forwarded or translated, so may need it. */
    boolean othersForward(Family family) {
        return aboutForwarding.stream()
                .filter(chain -> List.of("inet", family.toString()).contains(chain.family()))
                .anyMatch(chain -> !tellsRules || withRules.contains(chain));
    }

    /** Whether one of our tables, other than those, has a fence for that family. */
    boolean isFenced(Family family, Collection<String> besides) {
        return ours.stream()
                .filter(chain -> !besides.contains(chain.table()))
                .anyMatch(chain -> NatRules.isFence(chain.name(), family));
    }

    /** Whether that table has a fence for that family. */
    boolean isFenceOf(String table, Family family) {
        return ours.stream()
                .filter(chain -> chain.table().equals(table))
                .anyMatch(chain -> NatRules.isFence(chain.name(), family));
    }

    /** Interfaces that our fences let forward, for they did so before. */
    Set<String> routers() {
        Set<String> names = new TreeSet<>();
        for (JsonNode set : routers) {
            if (set.path("table").asText().startsWith(Nat.PREFIX)) {
                set.path("elem").forEach(name -> names.add(name.asText()));
            }
        }
        return names;
    }
}
