package org.lanyard.config;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads what a TAP's table says of the host's services: nat, hairpin, dhcp, tftp, bootfile. */
final class GatewayReader {
    private static final String DHCP_EXAMPLE = "{ range = \"10.0.0.100-10.0.0.199\" }";
    private static final Duration DEFAULT_LEASE = Duration.ofHours(12);

    /** What dnsmasq makes of anything shorter. */
    private static final Duration SHORTEST_LEASE = Duration.ofMinutes(2);

    private static final Duration LONGEST_LEASE = Duration.ofHours(8760);

    static final Pattern DOMAIN =
            Pattern.compile(
                    "(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\\.[A-Za-z0-9][A-Za-z0-9-]{0,62})*");

    /** The field of BOOTP holds 127 bytes and a NUL (RFC 951); a comma would end it early. */
    static final Pattern BOOTFILE = Pattern.compile("[!-~&&[^,]]{1,127}");

    private final TableReader table;
    private final List<PortKind.Address> addresses;

    /**
     * @param addresses of the TAP
     */
    GatewayReader(TableReader table, List<PortKind.Address> addresses) {
        this.table = table;
        this.addresses = addresses;
    }

    Gateway read() {
        boolean nat = table.bool("nat", false);
        if (nat && addresses.isEmpty() && !table.has("address")) {
            table.error("nat", "nat needs address: it lets the networks of these out");
        }
        boolean hairpin = table.bool("hairpin", false);
        if (hairpin && !nat) {
            table.error("hairpin", "hairpin is for those whom nat lets out, which is not here");
        }
        Optional<Gateway.Dhcp> dhcp = table.table("dhcp", DHCP_EXAMPLE).flatMap(this::dhcp);
        Optional<String> tftp = table.parsed("tftp", "/srv/tftp", GatewayReader::checkDirectory);
        Optional<String> bootfile =
                table.parsed("bootfile", "pxelinux.0", GatewayReader::checkBootfile);
        if (bootfile.isPresent() && !table.has("dhcp")) {
            table.error("bootfile", "bootfile is told by dhcp, which is not here");
        }
        return new Gateway(nat, hairpin, dhcp, tftp, bootfile);
    }

    private Optional<Gateway.Dhcp> dhcp(TableReader dhcp) {
        Optional<InetAddress[]> range =
                dhcp.parsed("range", "10.0.0.100-10.0.0.199", GatewayReader::range);
        Duration lease = dhcp.parsed("lease", "12h", GatewayReader::lease).orElse(DEFAULT_LEASE);
        boolean servesDns = dhcp.isBoolean("dns") && dhcp.bool("dns", false);
        List<InetAddress> dns =
                dhcp.isBoolean("dns") ? List.of() : dhcp.list("dns", "10.0.0.53", Quantities::ipv4);
        boolean noRouter = dhcp.isString("router", "none");
        Optional<InetAddress> router =
                noRouter ? Optional.empty() : dhcp.parsed("router", "10.0.0.1", Quantities::ipv4);
        Optional<String> domain = dhcp.parsed("domain", "lab.test", GatewayReader::checkDomain);
        dhcp.expect(List.of("router"));
        if (!dhcp.rejectUnknown() && !dhcp.has("range")) {
            dhcp.missing("range", "dhcp needs a range, such as " + DHCP_EXAMPLE);
        }
        if (addresses.stream().noneMatch(PortKind.Address::isIpv4)) {
            boolean broken = addresses.isEmpty() && table.has("address"); // and told so already
            if (!broken) {
                table.error(
                        "dhcp",
                        "dhcp needs an IPv4 address of the TAP's, such as address ="
                                + " [\"10.0.0.1/24\"]");
            }
            return Optional.empty();
        }
        if (range.isEmpty()) {
            return Optional.empty();
        }
        InetAddress first = range.get()[0];
        InetAddress last = range.get()[1];
        Optional<PortKind.Address> own =
                addresses.stream().filter(a -> a.reaches(first) && a.reaches(last)).findFirst();
        if (own.isEmpty()) {
            dhcp.error(
                    "range",
                    String.format(
                            "range: %s-%s is in no network of the TAP's (%s)",
                            first.getHostAddress(),
                            last.getHostAddress(),
                            addresses.stream()
                                    .filter(PortKind.Address::isIpv4)
                                    .map(PortKind.Address::toString)
                                    .collect(Collectors.joining(", "))));
            return Optional.empty();
        }
        Optional<InetAddress> told = noRouter || router.isPresent() ? router : own.map(a -> a.ip());
        return Optional.of(new Gateway.Dhcp(first, last, lease, servesDns, dns, told, domain));
    }

    private static InetAddress[] range(String text) {
        String[] ends = text.split("-", -1);
        if (ends.length != 2) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no range such as \"10.0.0.100-10.0.0.199\"");
        }
        InetAddress[] range = {Quantities.ipv4(ends[0]), Quantities.ipv4(ends[1])};
        if (number(range[0]).compareTo(number(range[1])) > 0) {
            throw new IllegalArgumentException("'" + text + "' ends before it begins");
        }
        return range;
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, ((Inet4Address) address).getAddress());
    }

    private static Duration lease(String text) {
        Duration lease = Quantities.duration(text);
        if (lease.compareTo(SHORTEST_LEASE) < 0
                || lease.compareTo(LONGEST_LEASE) > 0
                || lease.toNanosPart() != 0) {
            throw new IllegalArgumentException("'" + text + "' is not from 2m to 8760h");
        }
        return lease;
    }

    private static String checkDomain(String text) {
        if (!DOMAIN.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is no domain such as \"lab.test\"");
        }
        return text;
    }

    private static String checkDirectory(String text) {
        if (text.indexOf(',') >= 0) {
            throw new IllegalArgumentException("'" + text + "': dnsmasq takes no comma in it");
        }
        return Quantities.absolutePath(text);
    }

    private static String checkBootfile(String text) {
        if (!BOOTFILE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not 1 to 127 ASCII characters other than ',' and space");
        }
        return text;
    }
}
