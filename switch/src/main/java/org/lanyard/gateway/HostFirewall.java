package org.lanyard.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.lanyard.config.Gateway;
import org.lanyard.tapio.Capabilities;

/**
 * Rules of the host's own that keep guests from the servers of a TAP: what they ask for comes in by
 * the TAP and is for the host, so its chains for input decide, such as ufw's or firewalld's.
 * Nothing is changed.
 */
public final class HostFirewall {
    /**
     * A chain that drops what guests ask for.
     *
     * @param chain as nft names it
     * @param asked such as {@code DHCP, DNS}
     * @param mend for a root's shell
     */
    public record Obstacle(String chain, String asked, String mend) {}

    private record Service(String name, String protocol, int port) {}

    private static final Service DHCP = new Service("DHCP", "udp", 67);
    private static final List<Service> DNS =
            List.of(new Service("DNS", "udp", 53), new Service("DNS", "tcp", 53));
    private static final Service TFTP = new Service("TFTP", "udp", 69);

    private HostFirewall() {}

    /**
     * Of whatever a gateway can serve; none where this process may not look.
     *
     * @throws IOException when nft fails
     */
    public static List<Obstacle> inTheWay(String tap) throws IOException {
        List<Service> all = new ArrayList<>(List.of(DHCP, TFTP));
        all.addAll(DNS);
        return look(tap, all);
    }

    /**
     * Of what that gateway serves; none where this process may not look.
     *
     * @throws IOException when nft fails
     */
    public static List<Obstacle> inTheWay(String tap, Gateway gateway) throws IOException {
        List<Service> served = new ArrayList<>();
        gateway.dhcp().ifPresent(dhcp -> served.add(DHCP));
        if (gateway.dhcp().map(Gateway.Dhcp::servesDns).orElse(false)) {
            served.addAll(DNS);
        }
        gateway.tftp().ifPresent(root -> served.add(TFTP));
        return look(tap, served);
    }

    private static List<Obstacle> look(String tap, List<Service> services) throws IOException {
        if (Programs.find("nft").isEmpty() || !Capabilities.netAdmin()) {
            return List.of();
        }
        String nft = Programs.need("nft", "nat", "nftables").toString();
        return read(Programs.run("", List.of(nft, "-j", "list", "ruleset")).said(), tap, services);
    }

    static List<Obstacle> read(String ruleset, String tap) throws IOException {
        List<Service> all = new ArrayList<>(List.of(DHCP, TFTP));
        all.addAll(DNS);
        return read(ruleset, tap, all);
    }

    private static List<Obstacle> read(String ruleset, String tap, List<Service> services)
            throws IOException {
        InputRules rules = new InputRules(new ObjectMapper().readTree(ruleset));
        Map<InputRules.Chain, List<Service>> dropped = new LinkedHashMap<>();
        for (Service service : services) {
            rules.dropping(new InputRules.Packet(tap, service.protocol(), service.port()))
                    .ifPresent(
                            chain ->
                                    dropped.computeIfAbsent(chain, c -> new ArrayList<>())
                                            .add(service));
        }
        List<Obstacle> obstacles = new ArrayList<>();
        dropped.forEach(
                (chain, asked) -> {
                    String names =
                            String.join(
                                    ", ",
                                    new TreeSet<>(asked.stream().map(Service::name).toList()));
                    obstacles.add(
                            new Obstacle(chain.toString(), names, mend(rules, chain, tap, asked)));
                });
        return obstacles;
    }

    private static String mend(
            InputRules rules, InputRules.Chain chain, String tap, List<Service> asked) {
        if (chain.table().equals("firewalld")) {
            String add = "firewall-cmd --zone=trusted --add-interface=" + tap;
            return add + "; " + add.replace("firewall-cmd", "firewall-cmd --permanent");
        }
        if (rules.isOfUfw(chain)) {
            return "ufw allow in on " + tap;
        }
        List<String> words = new ArrayList<>();
        for (String protocol : List.of("udp", "tcp")) {
            List<String> ports =
                    asked.stream()
                            .filter(service -> service.protocol().equals(protocol))
                            .map(service -> Integer.toString(service.port()))
                            .sorted()
                            .toList();
            if (!ports.isEmpty()) {
                words.add(
                        String.format(
                                "nft insert rule %s iifname %s %s dport '{ %s }' accept",
                                chain, tap, protocol, String.join(", ", ports)));
            }
        }
        return String.join("; ", words);
    }
}
