package org.lanyard.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lets the kernel forward between interfaces (ip-sysctl.rst). It is switched on for the whole host,
 * for answers come in by whichever interface leads out; what else could pass then is for {@link
 * NatRules} to stop.
 */
final class Forwarding {
    private static final Path SYSCTL = Path.of("/proc/sys/net");
    private static final Path IPV6_ROUTES = Path.of("/proc/net/ipv6_route");

    /** The default route: its flags in hexadecimal, its interface (net/ipv6/route.c). */
    private static final Pattern DEFAULT_ROUTE =
            Pattern.compile("(?m)^0{32} 00 .* (\\p{XDigit}{8}) +(\\S+)$");

    /** A route learned from a router's advertisement: RTF_ADDRCONF (linux/ipv6_route.h). */
    private static final int ADVERTISED = 0x0004_0000;

    private final Path sysctl;
    private final Path routes;

    /** The host's own. */
    Forwarding() {
        this(SYSCTL, IPV6_ROUTES);
    }

    Forwarding(Path sysctl, Path routes) {
        this.sysctl = sysctl;
        this.routes = routes;
    }

    /**
     * @param tap the interface of which at least must forward
     * @return what was changed, as sysctl(8) writes it
     * @throws IOException when that is refused, or would cut the host off
     */
    List<String> switchOn(String tap, boolean ipv4, boolean ipv6) throws IOException {
        List<String> changed = new ArrayList<>();
        if (ipv4) {
            set(Family.IP.forwarding(), "1", changed);
            set("ipv4/conf/" + tap + "/forwarding", "1", changed);
        }
        if (ipv6 && !isOn(Family.IP6)) {
            refuseToLoseTheWayOut();
            set(Family.IP6.forwarding(), "1", changed);
        }
        return changed;
    }

    /** Whether the whole host forwards. */
    boolean isOn(Family family) {
        return read(sysctl.resolve(family.forwarding())).equals("1");
    }

    /** Interfaces that forward IPv4 by themselves, other than that one. */
    Set<String> routers(String tap) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> interfaces = Files.list(sysctl.resolve("ipv4/conf"))) {
            interfaces
                    .filter(conf -> read(conf.resolve("forwarding")).equals("1"))
                    .map(conf -> conf.getFileName().toString())
                    .forEach(names::add);
        }
        names.removeAll(List.of("all", "default", "lo", tap));
        return names;
    }

    /** As {@link #switchOn} has it, of the whole host. */
    List<String> switchOn(Family family) throws IOException {
        List<String> changed = new ArrayList<>();
        set(family.forwarding(), "1", changed);
        return changed;
    }

    /**
     * Has the host forward no longer, but for IPv4 between these.
     *
     * @return what was changed, as sysctl(8) writes it
     */
    List<String> switchOff(Family family, Collection<String> routers) throws IOException {
        List<String> changed = new ArrayList<>();
        set(family.forwarding(), "0", changed);
        if (family == Family.IP && !changed.isEmpty()) {
            for (String name : routers) {
                Path own = Path.of("ipv4/conf", name, "forwarding");
                if (Files.exists(sysctl.resolve(own))) {
                    set(own.toString(), "1", changed);
                }
            }
        }
        return changed;
    }

    /** Whether there are rules of iptables-legacy, of which nft tells nothing. */
    static boolean hasLegacyRules(Family family) {
        return !read(Path.of("/proc/net", family + "_tables_names")).isEmpty();
    }

    /** A router does not listen to other routers' advertisements unless accept_ra is 2. */
    private void refuseToLoseTheWayOut() throws IOException {
        Matcher route = DEFAULT_ROUTE.matcher(read(routes));
        while (route.find()) {
            String device = route.group(2);
            Path accept = sysctl.resolve("ipv6/conf/" + device + "/accept_ra");
            boolean advertised = (Integer.parseUnsignedInt(route.group(1), 16) & ADVERTISED) != 0;
            if (advertised && !read(accept).equals("2")) {
                throw new IOException(
                        "nat: with IPv6 forwarding this host would lose its IPv6 route by "
                                + device
                                + ", which a router advertises; as root: sysctl -w"
                                + " net.ipv6.conf."
                                + device
                                + ".accept_ra=2");
            }
        }
    }

    private void set(String key, String value, List<String> changed) throws IOException {
        Path file = sysctl.resolve(key);
        if (!read(file).equals(value)) {
            try {
                Files.writeString(file, value + "\n");
            } catch (IOException e) {
                throw new IOException(
                        "nat: "
                                + file
                                + " can't be written; as root: sysctl -w net."
                                + key.replace('/', '.')
                                + "="
                                + value,
                        e);
            }
            changed.add("net." + key.replace('/', '.') + " = " + value);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
