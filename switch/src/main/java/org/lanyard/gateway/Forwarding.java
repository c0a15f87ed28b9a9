package org.lanyard.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets the kernel forward between interfaces (ip-sysctl.rst). It is switched on for the whole host,
 * for answers come in by whichever interface leads out, and stays on: other programs may have come
 * to need it.
 */
public final class Forwarding {
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
    public Forwarding() {
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
    public List<String> switchOn(String tap, boolean ipv4, boolean ipv6) throws IOException {
        List<String> changed = new ArrayList<>();
        if (ipv4) {
            set("ipv4/ip_forward", changed);
            set("ipv4/conf/" + tap + "/forwarding", changed);
        }
        if (ipv6 && !read(sysctl.resolve("ipv6/conf/all/forwarding")).equals("1")) {
            refuseToLoseTheWayOut();
            set("ipv6/conf/all/forwarding", changed);
        }
        return changed;
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

    private void set(String key, List<String> changed) throws IOException {
        Path file = sysctl.resolve(key);
        if (!read(file).equals("1")) {
            try {
                Files.writeString(file, "1\n");
            } catch (IOException e) {
                throw new IOException(
                        "nat: "
                                + file
                                + " can't be written; as root: sysctl -w net."
                                + key.replace('/', '.')
                                + "=1",
                        e);
            }
            changed.add("net." + key.replace('/', '.') + " = 1");
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
