package org.lanyard.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

    /**
     * @param addresses of the TAP; its networks are those let out
     */
    public Nat(String tap, List<PortKind.Address> addresses) {
        this.tap = tap;
        this.addresses = List.copyOf(addresses);
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
        nft(script());
    }

    /**
     * @throws IOException when the table can't be removed
     */
    public void stop() throws IOException {
        nft(removal(table()));
    }

    private String table() {
        return PREFIX + tap;
    }

    /** Adding first makes it no error that there is none. */
    private static String removal(String table) {
        return "add table inet " + table + "\ndelete table inet " + table + "\n";
    }

    String script() {
        List<String> in = new ArrayList<>();
        List<String> out = new ArrayList<>();
        for (boolean four : new boolean[] {true, false}) {
            String networks =
                    addresses.stream()
                            .filter(address -> address.isIpv4() == four)
                            .map(PortKind.Address::toString) // nft drops the host's bits
                            .distinct()
                            .collect(Collectors.joining(", "));
            if (networks.isEmpty()) {
                continue;
            }
            String ip = four ? "ip" : "ip6";
            in.add(String.format("iifname \"%s\" %s saddr { %s } accept", tap, ip, networks));
            // Broadcasts and multicasts of the host's keep their address.
            String others = networks + (four ? ", 224.0.0.0/4, 255.255.255.255" : ", ff00::/8");
            out.add(
                    String.format(
                            "%s saddr { %s } %s daddr != { %s } oifname != \"%s\" masquerade",
                            ip, networks, ip, others, tap));
        }
        List<String> lines = new ArrayList<>();
        lines.add(removal(table()) + "table inet " + table() + " {");
        lines.add("chain postrouting {");
        lines.add("type nat hook postrouting priority srcnat; policy accept;");
        lines.addAll(out);
        lines.add("}");
        lines.add("chain forward {");
        lines.add("type filter hook forward priority filter; policy accept;");
        lines.addAll(in);
        lines.add(String.format("iifname \"%s\" reject with icmpx admin-prohibited", tap));
        // Only answers come in: nobody outside reaches a guest by its own address.
        lines.add(String.format("oifname \"%s\" ct state established,related accept", tap));
        lines.add(String.format("oifname \"%s\" reject with icmpx admin-prohibited", tap));
        lines.add("}");
        lines.add("}");
        return String.join("\n", lines) + "\n";
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
        Programs.Result listed = Programs.run("", List.of(program(), "-j", "list", "chains"));
        List<String> found = new ArrayList<>();
        for (JsonNode item : new ObjectMapper().readTree(listed.said()).path("nftables")) {
            JsonNode chain = item.path("chain");
            if (chain.path("hook").asText().equals("forward")
                    && chain.path("policy").asText().equals("drop")) {
                found.add(
                        String.join(
                                " ",
                                chain.path("family").asText(),
                                chain.path("table").asText(),
                                chain.path("name").asText()));
            }
        }
        return found;
    }

    /** What lets those behind a TAP pass such a chain, for a root's shell. */
    public static String letPass(String chain, String tap) {
        String insert = "nft insert rule " + chain;
        return String.format(
                "%s iifname %s accept; %s oifname %s ct state established,related accept",
                insert, tap, insert, tap);
    }

    /** Removes the tables of switches that were killed; any other stays. */
    public static void removeLeft() throws IOException {
        for (String table : left()) {
            nft(removal(table));
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
