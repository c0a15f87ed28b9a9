package org.lanyard.config;

import static org.lanyard.config.KeyType.bool;
import static org.lanyard.config.KeyType.text;
import static org.lanyard.config.Keys.key;

import java.util.List;
import java.util.regex.Pattern;
import org.lanyard.slirp.HostForward;
import org.lanyard.slirp.SmbShare;

/** The keys of {@code user = { … }}, for {@link Keys}. */
final class UserKeys {
    private static final KeyType NETWORK =
            text(
                    "IPv4 network with a prefix from /8 to /27",
                    Pattern.compile("[0-9.]+/[0-9]{1,2}"),
                    List.of("10.0.2.0/24", "10.0.0.0/8", "192.168.7.64/27"),
                    List.of("10.0.2.0", "10.0.2.0/7", "10.0.2.0/28", "fd00::/64"));

    private UserKeys() {}

    private static KeyType address(String good) {
        return text(
                "address of that network",
                Pattern.compile("[0-9.]+"),
                List.of(good),
                List.of("10.0.3.2", "10.0.2.0", "10.0.2.255", "localhost"));
    }

    private static KeyType forwards() {
        return text(
                        "`tcp` or `udp`, `:HOST ADDRESS:PORT-GUEST ADDRESS:PORT`, the addresses"
                                + " may be empty",
                        HostForward.WRITTEN,
                        List.of("tcp:127.0.0.1:2222-:22", "udp::53-10.0.2.16:53"),
                        List.of("2222:22", "tcp::0-:22", "tcp::22-10.0.3.1:22"))
                .list();
    }

    static Keys.Table table() {
        return new Keys.Table(
                "user",
                "The way out without root, by libslirp (package libslirp0) in a process of its own:"
                        + " what guests send becomes sockets of the user who runs the switch, or of"
                        + " nobody where that is root. Keys mean what they mean to QEMU's"
                        + " `-netdev user`. DHCP gives 16 addresses; a guest that is to be forwarded"
                        + " to is best given its own. Forwards can be changed while the port is up.",
                "[ports.out]\nuser = { hostfwd = [\"tcp:127.0.0.1:2222-:22\"], tftp = \"/srv/tftp\" }\n",
                List.of(
                        key("network", NETWORK, "\"10.0.2.0/24\"", "the guests' network"),
                        key(
                                "host",
                                address("10.0.2.9"),
                                "\"10.0.2.2\"",
                                "the host as guests see it, their gateway; the network's .2.2 where"
                                        + " it is that large, else its .2"),
                        key(
                                "dns",
                                address("10.0.2.9"),
                                "\"10.0.2.3\"",
                                "where guests ask for names; passed to the host's name server"),
                        key(
                                "dhcp-start",
                                address("10.0.2.100"),
                                "\"10.0.2.15\"",
                                "the first of 16 addresses that DHCP gives"),
                        key(
                                "hostfwd",
                                forwards(),
                                "[]",
                                "ports of the host that lead to guests; without a guest address to"
                                        + " `dhcp-start`"),
                        key(
                                "tftp",
                                text(
                                        "absolute path",
                                        Pattern.compile("/.*"),
                                        List.of("/srv/tftp"),
                                        List.of("srv/tftp", "")),
                                null,
                                "a directory served read-only; readable for all where root runs the"
                                        + " switch"),
                        key(
                                "bootfile",
                                text(
                                        "1 to 127 ASCII characters",
                                        Pattern.compile("[!-~]{1,127}"),
                                        List.of("pxelinux.0", "a".repeat(127)),
                                        List.of("", "a b", "a".repeat(128))),
                                null,
                                "what DHCP tells guests to boot"),
                        key(
                                "smb",
                                text(
                                        "absolute path",
                                        SmbShare.WRITTEN,
                                        List.of("/srv/share", "/srv/a b"),
                                        List.of("srv/share", "", "/srv/%m", "/srv/a\\\\", "/srv ")),
                                null,
                                "a directory that guests read and write without a password, as"
                                        + " `\\\\10.0.2.4\\qemu`, by Samba's smbd (package samba); at"
                                        + " most 16 connections at a time. smbd runs as the switch's"
                                        + " user; where that is root, as the directory's owner, or"
                                        + " as nobody where that is root too"),
                        key(
                                        "smb-server",
                                        address("10.0.2.9"),
                                        "\"10.0.2.4\"",
                                        "where guests find that directory; needs `smb`")
                                .beside("smb = \"/srv/share\""),
                        key(
                                "restrict",
                                bool(),
                                "false",
                                "guests reach each other, DHCP and TFTP, and nothing beyond;"
                                        + " forwards still lead to them"),
                        key("ipv6", bool(), "true", "the network has fec0::/64 too"),
                        key(
                                "host-loopback",
                                bool(),
                                null,
                                "guests reach servers on the host's loopback, at `host`: forwards that"
                                        + " listen there too, where `hairpin` lets them. If nothing"
                                        + " is said they do, but not where root runs the switch, or"
                                        + " a port's `group`, `mode` or TCP beyond this host lets"
                                        + " others attach guests"),
                        key(
                                "hairpin",
                                bool(),
                                null,
                                "guests reach each other through `hostfwd`, isolated ones too; if"
                                        + " not given, as long as no port of the switch is"
                                        + " isolated")));
    }
}
