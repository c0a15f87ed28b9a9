package org.lanyard.gateway;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lanyard.config.PortKind;

/**
 * The table of a TAP with nat: what may pass between its guests, the host and everybody else. What
 * is about others' interfaces alone is left to others' rules, but for the fence.
 *
 * <p>The fence is there where nobody but this program has the host forward. It drops what passes
 * between two other interfaces, unless it is translated, which somebody's rules have to say. It
 * looks when all translation is done, at what the chain before it marked: packets of the host's own
 * have an interface that they come in by there too, now and then, and those in a bridge pass the
 * same hooks (br_netfilter) but have none.
 *
 * @param tap the interface
 * @param addresses of the TAP; its networks are those let out
 * @param hairpin whether guests reach each other, and those behind other TAPs, by way of the host
 * @param fenced the families with a fence
 * @param routers interfaces that forwarded IPv4 by themselves before the whole host did; they still
 *     may
 */
record NatRules(
        String tap,
        List<PortKind.Address> addresses,
        boolean hairpin,
        Set<Family> fenced,
        Collection<String> routers) {
    /** Begins the name of the chain; the families follow. */
    static final String FENCE = "fence";

    static final String ROUTERS = "routers";

    private static final String REJECT = " reject with icmpx admin-prohibited";

    /** A bit of a packet's mark, from the end of the forward hook to the fence. */
    private static final int MARK = 0x1000_0000;

    /** All of the table's lines between its braces. */
    String text() {
        List<String> lines = new ArrayList<>();
        input(lines);
        forward(lines);
        output(lines);
        postrouting(lines);
        if (!fenced.isEmpty()) {
            fence(lines);
        }
        return String.join("\n", lines) + "\n";
    }

    private static void base(List<String> lines, String name, String type, String at) {
        lines.add("chain " + name + " {");
        lines.add("type " + type + " hook " + at + "; policy accept;");
    }

    /**
     * The gateway's addresses are for guests, and for the host itself; nobody else reaches them.
     */
    private void input(List<String> lines) {
        base(lines, "input", "filter", "input priority filter");
        // The host is the router here, and takes no orders from guests.
        lines.add(String.format("iifname \"%s\" icmp type redirect drop", tap));
        lines.add(
                String.format(
                        "iifname \"%s\" icmpv6 type { nd-router-advert, nd-redirect } drop", tap));
        lines.add(String.format("iifname { \"%s\", \"lo\" } accept", tap));
        lines.add("ct direction reply accept"); // to what the host asked from there
        for (Family family : Family.values()) {
            String own = own(family);
            if (!own.isEmpty()) {
                lines.add(String.format("%s daddr { %s } drop", family, own));
            }
        }
        lines.add("}");
    }

    private void forward(List<String> lines) {
        base(lines, "forward", "filter", "forward priority filter");
        for (Family family : Family.values()) {
            String networks = networks(family);
            // Not rejected: whoever is told so has not sent it.
            if (networks.isEmpty()) {
                lines.add(
                        String.format(
                                "iifname \"%s\" meta nfproto %s drop", tap, family.protocol()));
                continue;
            }
            lines.add(
                    String.format("iifname != \"%s\" %s saddr { %s } drop", tap, family, networks));
            lines.add(
                    String.format("iifname \"%s\" %s saddr != { %s } drop", tap, family, networks));
        }
        if (!hairpin) {
            lines.add(String.format("iifname \"%s\" oifname \"%s\"%s", tap, tap, REJECT));
            lines.add(
                    String.format(
                            "iifname \"%s\" meta oifkind \"tun\" meta oiftype ether%s",
                            tap, REJECT));
        }
        lines.add(String.format("iifname \"%s\" accept", tap));
        // Only answers come in: nobody outside reaches a guest by its own address.
        lines.add(String.format("oifname \"%s\" ct state established,related accept", tap));
        lines.add(String.format("oifname \"%s\"%s", tap, REJECT));
        lines.add("}");
    }

    /** What answers at the gateway's addresses answers guests, whoever a guest says that it is. */
    private void output(List<String> lines) {
        base(lines, "output", "filter", "output priority filter");
        lines.add(String.format("oifname { \"%s\", \"lo\" } accept", tap));
        for (Family family : Family.values()) {
            String own = own(family);
            if (!own.isEmpty()) {
                lines.add(String.format("ct direction reply %s saddr { %s } drop", family, own));
            }
        }
        lines.add("}");
    }

    private void postrouting(List<String> lines) {
        base(lines, "postrouting", "nat", "postrouting priority srcnat");
        for (Family family : Family.values()) {
            String networks = networks(family);
            if (!networks.isEmpty()) {
                // Broadcasts and multicasts of the host's keep their address.
                String others = family == Family.IP ? "224.0.0.0/4, 255.255.255.255" : "ff00::/8";
                lines.add(
                        String.format(
                                "%s saddr { %s } %s daddr != { %s, %s } oifname != \"%s\""
                                        + " masquerade",
                                family, networks, family, networks, others, tap));
            }
        }
        lines.add("}");
    }

    private void fence(List<String> lines) {
        if (!routers.isEmpty()) {
            lines.add("set " + ROUTERS + " {");
            lines.add("type ifname;");
            lines.add(
                    routers.stream()
                            .map(name -> "\"" + name + "\"")
                            .collect(Collectors.joining(", ", "elements = { ", " };")));
            lines.add("}");
        }
        base(lines, "forwarded", "filter", "forward priority filter + 50");
        lines.add(String.format("meta mark set meta mark or 0x%08x", MARK));
        lines.add("}");
        base(lines, chain(fenced), "filter", "postrouting priority srcnat + 50");
        lines.add(String.format("meta mark and 0x%08x == 0 accept", MARK));
        lines.add(String.format("meta mark set meta mark and 0x%08x", ~MARK));
        lines.add(String.format("iifname \"%s\" accept", tap)); // its forward chain decided
        lines.add(String.format("oifname \"%s\" accept", tap));
        lines.add("ct status snat,dnat accept");
        if (!routers.isEmpty()) {
            lines.add("meta nfproto ipv4 iifname @" + ROUTERS + " accept");
        }
        for (Family family : new TreeSet<>(fenced)) {
            lines.add("iif != 0 meta nfproto " + family.protocol() + " drop");
        }
        lines.add("}");
    }

    /** The name of the chain that is a fence for these families. */
    static String chain(Set<Family> families) {
        return new TreeSet<>(families)
                .stream().map(family -> "_" + family).collect(Collectors.joining("", FENCE, ""));
    }

    /** Whether a chain of that name is a fence for that family. */
    static boolean isFence(String chain, Family family) {
        return chain.startsWith(FENCE) && List.of(chain.split("_")).contains(family.toString());
    }

    private List<PortKind.Address> of(Family family) {
        return addresses.stream().filter(address -> Family.of(address.isIpv4()) == family).toList();
    }

    /** Such as {@code 10.0.0.1/24}; nft drops the host's bits. */
    private String networks(Family family) {
        return of(family).stream()
                .map(PortKind.Address::toString)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** The TAP's addresses and whatever else of their networks is the host's: first and last. */
    private String own(Family family) {
        Set<String> own = new TreeSet<>();
        for (PortKind.Address address : of(family)) {
            own.add(address.ip().getHostAddress());
            own.add(end(address, false));
            if (family == Family.IP) {
                own.add(end(address, true));
            }
        }
        return String.join(", ", own);
    }

    private static String end(PortKind.Address address, boolean last) {
        byte[] bytes = address.ip().getAddress();
        for (int bit = address.prefixLength(); bit < 8 * bytes.length; bit++) {
            int mask = 0x80 >> bit % 8;
            bytes[bit / 8] = (byte) (last ? bytes[bit / 8] | mask : bytes[bit / 8] & ~mask);
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // an array of that length is an address
        }
    }
}
