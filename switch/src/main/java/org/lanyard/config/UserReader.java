package org.lanyard.config;

import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.lanyard.slirp.HostForward;
import org.lanyard.slirp.SmbShare;
import org.lanyard.slirp.UserNetwork;

/** Reads {@code user = { … }}: what QEMU's -netdev user takes, checked as net/slirp.c does. */
final class UserReader {
    private static final String NETWORK = "10.0.2.0/24";

    private final TableReader table;

    UserReader(TableReader table) {
        this.table = table;
    }

    /** Notes what is wrong, and goes on with the defaults. */
    PortKind.User read(String port, Conflicts conflicts) {
        UserNetwork plain =
                table.parsed("network", NETWORK, UserReader::network)
                        .orElse(
                                UserNetwork.of(
                                        UserNetwork.DEFAULT_NETWORK, UserNetwork.DEFAULT_PREFIX));
        Function<String, Inet4Address> inside = plain::inside;
        UserNetwork network =
                new UserNetwork(
                        plain.network(),
                        plain.prefixLength(),
                        table.parsed("host", "10.0.2.2", inside).orElse(plain.host()),
                        table.parsed("dns", "10.0.2.3", inside).orElse(plain.dns()),
                        table.parsed("dhcp-start", "10.0.2.15", inside).orElse(plain.dhcpStart()),
                        table.parsed("tftp", "/srv/tftp", UserReader::directory),
                        table.parsed("bootfile", "pxelinux.0", UserReader::bootfile),
                        table.bool("restrict", plain.restrict()),
                        table.bool("ipv6", plain.ipv6()),
                        loopback(),
                        smb(plain));
        List<HostForward> forwards =
                table.list("hostfwd", "tcp:127.0.0.1:2222-:22", HostForward::parse);
        boolean allows = table.bool("hairpin", false);
        Optional<Boolean> hairpin = table.has("hairpin") ? Optional.of(allows) : Optional.empty();
        table.rejectUnknown();
        check(network);
        forwards.forEach(forward -> check(forward, network));
        forwards.forEach(forward -> conflicts.forward(port, forward, table));
        return new PortKind.User(network, forwards, hairpin);
    }

    private Optional<Boolean> loopback() {
        boolean reached = table.bool("host-loopback", false);
        return table.has("host-loopback") ? Optional.of(reached) : Optional.empty();
    }

    private static UserNetwork network(String text) {
        PortKind.Address address = Quantities.address(text);
        int prefix = address.prefixLength();
        if (!(address.ip() instanceof Inet4Address ip)) {
            throw new IllegalArgumentException("'" + text + "' is not of IPv4; see ipv6");
        }
        if (prefix < UserNetwork.SHORTEST_PREFIX || prefix > UserNetwork.LONGEST_PREFIX) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "': /"
                            + prefix
                            + " is not from /"
                            + UserNetwork.SHORTEST_PREFIX
                            + " to /"
                            + UserNetwork.LONGEST_PREFIX);
        }
        return UserNetwork.of(ip, prefix);
    }

    private Optional<SmbShare> smb(UserNetwork plain) {
        Optional<Inet4Address> server = table.parsed("smb-server", "10.0.2.4", plain::inside);
        Optional<Path> shared = table.parsed("smb", "/srv/share", UserReader::shared);
        if (server.isPresent() && !table.has("smb")) {
            table.error("smb-server", "smb-server: there is no smb, a directory to share");
        }
        return shared.map(path -> new SmbShare(path, server.orElse(plain.smbServer())));
    }

    private static Path shared(String text) {
        Path path = directory(text);
        if (!SmbShare.WRITTEN.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' can't be shared: Samba has its own use for %, \\ and \" in a path,"
                            + " and for a space at its end");
        }
        return path;
    }

    /** The child process has another working directory, and so have background switches. */
    private static Path directory(String text) {
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("'" + text + "' is no absolute path");
        }
        return path;
    }

    /** BOOTP has 128 bytes for it, the last of them zero (RFC 951). */
    private static String bootfile(String text) {
        if (!text.matches("[!-~]{1,127}")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no file's name of 1 to 127 ASCII characters");
        }
        return text;
    }

    private void check(UserNetwork network) {
        if (network.dns().equals(network.host())) {
            table.error(name("dns", "host"), "dns and host are both " + ip(network.dns()));
        }
        List<Inet4Address> servers = new ArrayList<>(List.of(network.host(), network.dns()));
        if (network.smb().isPresent()) {
            Inet4Address server = network.smb().get().server();
            if (servers.contains(server)) {
                table.error(
                        name("smb-server", "smb"),
                        "smb-server: " + ip(server) + " is the host or the name server already");
            }
            servers.add(server);
        }
        for (Inet4Address server : servers) {
            if (network.isLeased(server)) {
                table.error(
                        name("dhcp-start", "host"),
                        ip(server)
                                + " is among the "
                                + UserNetwork.DHCP_ADDRESSES
                                + " addresses that DHCP gives from "
                                + ip(network.dhcpStart()));
            }
        }
        if (!network.hasRoomForLeases()) {
            table.error(
                    "dhcp-start",
                    "dhcp-start: "
                            + network.cidr()
                            + " has no room for "
                            + UserNetwork.DHCP_ADDRESSES
                            + " addresses from "
                            + ip(network.dhcpStart()));
        }
    }

    private void check(HostForward forward, UserNetwork network) {
        forward.guest()
                .ifPresent(
                        guest -> {
                            try {
                                network.inside(ip(guest));
                            } catch (IllegalArgumentException e) {
                                table.error("hostfwd", "hostfwd: " + e.getMessage());
                            }
                        });
    }

    /** The key of the two that is written. */
    private String name(String one, String other) {
        return table.has(one) ? one : other;
    }

    private static String ip(Inet4Address address) {
        return address.getHostAddress();
    }
}
