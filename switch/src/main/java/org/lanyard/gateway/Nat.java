package org.lanyard.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lanyard.config.PortKind;
import org.lanyard.tapio.Capabilities;
import org.lanyard.tapio.Link;

/**
 * Network address translation for those behind a TAP: one table of nftables (nft(8)), named after
 * the TAP, made and removed as a whole. Nothing else of the host's rules is touched; where these
 * drop what is forwarded, they still do.
 */
public final class Nat {
    static final String PREFIX = "lanyard-";

    private static final Pattern OURS =
            Pattern.compile("(?m)^table inet (" + PREFIX + "([A-Za-z0-9_.-]+))$");

    private final String tap;
    private final List<PortKind.Address> addresses;
    private final boolean hairpin;
    private final Set<Family> families = EnumSet.noneOf(Family.class);
    private final Forwarding forwarding = new Forwarding();

    /** Which nobody but this program has the host forward. */
    private final Set<Family> fenced = EnumSet.noneOf(Family.class);

    private final Set<String> routers = new TreeSet<>();

    /**
     * @param addresses of the TAP, one at least; its networks are those let out
     * @param hairpin whether guests reach each other by way of the host
     */
    public Nat(String tap, List<PortKind.Address> addresses, boolean hairpin) {
        this.tap = tap;
        this.addresses = List.copyOf(addresses);
        this.hairpin = hairpin;
        addresses.forEach(address -> families.add(Family.of(address.isIpv4())));
    }

    /**
     * @throws IOException naming what is missing here and the mend
     */
    public static void check() throws IOException {
        if (!Capabilities.netAdmin()) {
            throw new IOException(
                    "nat needs CAP_NET_ADMIN, to make rules of nftables: run the switch as root, or"
                            + " leave nat out");
        }
        program();
    }

    private static String program() throws IOException {
        return Programs.need("nft", "nat", "nftables").toString();
    }

    /**
     * Makes the table; one that was left there is replaced in the same instant.
     *
     * @throws IOException with what nft said
     */
    public void start() throws IOException {
        HostChains chains = chains();
        for (Family family : families) {
            if (!forwarding.isOn(family) || chains.isFenced(family, List.of())) {
                fenced.add(family);
            }
        }
        routers.addAll(chains.routers());
        if (!forwarding.isOn(Family.IP)) {
            routers.addAll(forwarding.routers(tap));
        }
        load();
    }

    /**
     * Lets the kernel forward, after {@link #start}.
     *
     * @return what was changed, as sysctl(8) writes it
     * @throws IOException when that is refused, or would cut the host off
     */
    public List<String> forward() throws IOException {
        List<String> changed =
                forwarding.switchOn(
                        tap, families.contains(Family.IP), families.contains(Family.IP6));
        Set<Family> open = EnumSet.copyOf(families);
        open.removeIf(family -> fenced.contains(family) || !changed.contains(family.set(true)));
        if (!open.isEmpty()) { // another switch took it back since start looked
            fenced.addAll(open);
            load();
        }
        return changed;
    }

    /**
     * Takes all back.
     *
     * @return what was changed, as sysctl(8) writes it
     * @throws IOException when the table can't be removed
     */
    public List<String> stop() throws IOException {
        try {
            return fenced.isEmpty() ? List.of() : unfence(fenced, List.of(table()));
        } finally {
            nft(removal(table()));
        }
    }

    /**
     * Has the host forward no longer what these tables fenced, unless others need it.
     *
     * @param tables that are to be removed
     */
    private static List<String> unfence(Set<Family> families, Collection<String> tables)
            throws IOException {
        Forwarding forwarding = new Forwarding();
        List<String> changed = new ArrayList<>();
        HostChains chains = chains();
        for (Family family : families) {
            boolean isNeeded =
                    chains.isFenced(family, tables)
                            || chains.othersForward(family)
                            || Forwarding.hasLegacyRules(family);
            if (!isNeeded) {
                changed.addAll(forwarding.switchOff(family, chains.routers()));
                if (chains().isFenced(family, tables)) { // another began meanwhile
                    changed.addAll(forwarding.switchOn(family));
                }
            }
        }
        return changed;
    }

    private String table() {
        return PREFIX + tap;
    }

    /** Adding first makes it no error that there is none. */
    private static String removal(String table) {
        return "add table inet " + table + "\ndelete table inet " + table + "\n";
    }

    private void load() throws IOException {
        NatRules rules = new NatRules(tap, addresses, hairpin, fenced, routers);
        nft(removal(table()) + "table inet " + table() + " {\n" + rules.text() + "}\n");
    }

    private static void nft(String script) throws IOException {
        Programs.Result result = Programs.run(script, List.of(program(), "-f", "-"));
        if (result.status() != 0) {
            throw new IOException("nat: nft: " + result.said().lines().findFirst().orElse(""));
        }
    }

    /**
     * Chains of others that drop what is forwarded unless they are told otherwise, such as docker's
     * or ufw's, for which our accepting it is not enough; as nft names them, {@code ip filter
     * FORWARD}. None where this process may not look.
     *
     * @throws IOException when nft fails
     */
    public static List<String> dropping() throws IOException {
        if (Programs.find("nft").isEmpty() || !Capabilities.netAdmin()) {
            return List.of();
        }
        return chains().dropping();
    }

    private static HostChains chains() throws IOException {
        try {
            return new HostChains(list("ruleset"), true);
        } catch (JsonProcessingException e) { // too long to be read whole
            return new HostChains(list("chains"), false);
        }
    }

    private static JsonNode list(String what) throws IOException {
        Programs.Result listed = Programs.run("", List.of(program(), "-j", "list", what));
        return new ObjectMapper().readTree(listed.said());
    }

    /** What lets those behind a TAP pass such a chain, for a root's shell. */
    public static String letPass(String chain, String tap) {
        String insert = "nft insert rule " + chain;
        return String.format(
                "%s iifname %s accept; %s oifname %s ct state established,related accept",
                insert, tap, insert, tap);
    }

    /**
     * Removes the tables of switches that were killed; any other stays.
     *
     * @return what else was changed, as sysctl(8) writes it
     */
    public static List<String> removeLeft() throws IOException {
        List<String> left = left();
        if (left.isEmpty()) {
            return List.of();
        }
        HostChains chains = chains();
        Set<Family> fenced = EnumSet.allOf(Family.class);
        fenced.removeIf(
                family -> left.stream().noneMatch(table -> chains.isFenceOf(table, family)));
        try {
            return unfence(fenced, left);
        } finally {
            for (String table : left) {
                nft(removal(table));
            }
        }
    }

    /**
     * Tables of ours whose TAP is gone; none where this process may not look.
     *
     * @throws IOException when nft fails
     */
    public static List<String> left() throws IOException {
        if (Programs.find("nft").isEmpty() || !Capabilities.netAdmin()) {
            return List.of();
        }
        String tables = Programs.run("", List.of(program(), "list", "tables", "inet")).said();
        List<String> left = new ArrayList<>();
        Matcher matcher = OURS.matcher(tables);
        while (matcher.find()) {
            if (!Link.exists(matcher.group(2))) {
                left.add(matcher.group(1));
            }
        }
        return left;
    }
}
