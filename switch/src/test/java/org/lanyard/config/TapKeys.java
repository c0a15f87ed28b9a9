package org.lanyard.config;

import static org.lanyard.config.KeyType.bool;
import static org.lanyard.config.KeyType.duration;
import static org.lanyard.config.KeyType.oneOf;
import static org.lanyard.config.KeyType.table;
import static org.lanyard.config.KeyType.text;
import static org.lanyard.config.KeyType.whole;

import java.util.List;
import java.util.regex.Pattern;
import org.lanyard.config.Keys.Key;
import org.lanyard.config.Keys.Table;

/** The keys of ports that are an interface of the kernel's. */
final class TapKeys {
    private static final String NAME = "name = \"lan0\"";
    private static final String ADDRESS = NAME + ", address = [\"10.0.0.1/24\"]";
    private static final String RANGE = "range = \"10.0.0.100-10.0.0.199\"";

    private static final KeyType INTERFACE =
            text(
                    "1 to 15 letters, digits, `_`, `.`, `-`",
                    TapReader.INTERFACE,
                    List.of("lan0", "abcdefghijklmno"),
                    List.of("", "abcdefghijklmnop", "a b", ".."));

    private static final KeyType PATH =
            text(
                    "absolute path",
                    Pattern.compile("/[^,]*"),
                    List.of("/", "/srv/tftp"),
                    List.of("", "srv/tftp"));

    private static final KeyType IPV4 =
            text(
                    "IPv4 address",
                    Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}"),
                    List.of("10.0.0.2", "0.0.0.0", "255.255.255.255"),
                    List.of("", "10.1", "256.0.0.1", "fd00::1", "host"));

    private TapKeys() {}

    private static Key key(String name, KeyType type, String otherwise, String says) {
        return new Key(name, type, otherwise, "", says);
    }

    /** Alike wherever there is one. */
    private static Key offload() {
        return key(
                "offload",
                bool(),
                "true",
                "TCP and UDP pass it in pieces of up to 64 KiB, checksums are left to where they"
                        + " leave for a wire");
    }

    static Table tap() {
        KeyType address =
                text(
                        "address with prefix",
                        Pattern.compile("[0-9a-fA-F.:]+/[0-9]{1,3}"),
                        List.of("10.0.0.1/24", "fd00::1/64"),
                        List.of("10.0.0.1", "host/24"));
        KeyType bootfile =
                text(
                        "1 to 127 ASCII characters but `,` and space",
                        GatewayReader.BOOTFILE,
                        List.of("pxelinux.0", "http://10.0.0.1/a.ipxe"),
                        List.of("", "a b", "a,b"));
        return new Table(
                "tap",
                "A TAP interface of the host's. One that exists is used, another is made, which"
                        + " needs CAP_NET_ADMIN, as does whatever changes it. `nat`, `hairpin`,"
                        + " `dhcp`, `tftp` and `bootfile` are what the host does for those behind it; they can be"
                        + " changed while it stays up.",
                "[ports.host]\ntap = { name = \"lan0\", address = [\"10.0.0.1/24\"], nat = true }\n",
                List.of(
                        key("name", INTERFACE, null, "the interface's; must be given"),
                        key("address", address.list(), "[]", "set on the interface").beside(NAME),
                        key(
                                        "mtu",
                                        whole(68, 65_521),
                                        null,
                                        "set on the interface, in bytes without a VLAN's tag; left"
                                                + " as it is if not given")
                                .beside(NAME),
                        offload().beside(NAME),
                        key(
                                        "nat",
                                        bool(),
                                        "false",
                                        "guests in the networks of `address` reach what the host"
                                                + " reaches, under its address; nobody reaches them"
                                                + " from there. Needs root and nft; switches"
                                                + " forwarding on for the host, where nothing else"
                                                + " is routed for that unless somebody's rules"
                                                + " translate it")
                                .beside(ADDRESS),
                        key(
                                        "hairpin",
                                        bool(),
                                        "false",
                                        "guests, isolated ones too, reach each other by way of the"
                                                + " host, and those behind its other TAPs, a VPN's"
                                                + " too")
                                .beside(ADDRESS + ", nat = true"),
                        key("dhcp", table("dhcp"), null, "gives guests addresses, by dnsmasq")
                                .beside(ADDRESS),
                        key(
                                        "tftp",
                                        PATH,
                                        null,
                                        "files of this directory that all may read are served by"
                                                + " TFTP, by dnsmasq")
                                .beside(NAME),
                        key("bootfile", bootfile, null, "what DHCP tells guests to boot")
                                .beside(ADDRESS + ", dhcp = { " + RANGE + " }")));
    }

    static Table dhcp() {
        KeyType list = IPV4.list();
        KeyType dns = bool().or(list);
        KeyType range =
                text(
                        "two addresses such as `\"10.0.0.100-10.0.0.199\"`",
                        Pattern.compile("[0-9.]+-[0-9.]+"),
                        List.of("10.0.0.2-10.0.0.2", "10.0.0.2-10.0.0.254"),
                        List.of("", "10.0.0.2", "10.0.0.9-10.0.0.8", "10.0.0.9-10.0.1.9"));
        KeyType router =
                text(
                        "IPv4 address or `\"none\"`",
                        Pattern.compile("none|[0-9]{1,3}(\\.[0-9]{1,3}){3}"),
                        List.of("none", "10.0.0.254"),
                        List.of("", "fd00::1", "10.1"));
        KeyType domain =
                text(
                        "domain such as `\"lab.test\"`",
                        GatewayReader.DOMAIN,
                        List.of("lan", "lab.example.org"),
                        List.of("", "a b", ".lan", "a/b"));
        return new Table(
                "dhcp",
                "In a tap's table: addresses for guests (RFC 2131), on the TAP alone. Leases are kept"
                        + " in the runtime directory.",
                "[ports.host.tap]\n"
                        + ADDRESS.replace(", ", "\n")
                        + "\ndhcp = { "
                        + RANGE
                        + ", dns = true, domain = \"lab.test\" }\n",
                List.of(
                        key("range", range, null, "first and last address; must be given"),
                        key(
                                        "lease",
                                        duration("2m", "8760h", "119s", "8761h"),
                                        "\"12h\"",
                                        "how long an address is a guest's unless it asks again")
                                .beside(RANGE),
                        key(
                                        "dns",
                                        new KeyType(
                                                "`true` or " + list.words(),
                                                dns.schema(),
                                                dns.good(),
                                                List.of("5", "\"10.0.0.53\"", "[\"x\"]")),
                                        "[]",
                                        "name servers that guests are told of; `true` for the host,"
                                                + " which knows guests' names too")
                                .beside(RANGE),
                        key(
                                        "router",
                                        router,
                                        null,
                                        "the way out that guests are told of; the TAP's address if"
                                                + " not given")
                                .beside(RANGE),
                        key("domain", domain, null, "the domain that guests are told of")
                                .beside(RANGE)));
    }

    static Table macvtap() {
        String parent = "parent = \"eth0\"";
        return new Table(
                "macvtap",
                "The network of a network card, by an interface that the kernel has on top of it."
                        + " With `parent` it is made, which needs CAP_NET_ADMIN, and removed with"
                        + " the port; with `name` one that exists is used as it is, by whoever may"
                        + " open its `/dev/tap…`. Only in mode `passthru` the kernel hands it"
                        + " frames for other addresses than its own: there all guests are served,"
                        + " and the host itself is not reached by that card. In the other modes one"
                        + " guest is, whose address is the macvtap's, and the card goes on serving"
                        + " the host, whom the guest does not reach by it. One that exists should"
                        + " be `up` and `allmulticast on`, which IPv6 needs. Wi-Fi carries no"
                        + " foreign addresses: no mode serves guests there.",
                "[ports.lan]\nmacvtap = { " + parent + ", mode = \"passthru\" }\n",
                List.of(
                        key("parent", INTERFACE, null, "the card that it is to be made on"),
                        key("name", INTERFACE, null, "of one that exists; not beside `parent`"),
                        key(
                                        "mode",
                                        oneOf("bridge", "vepa", "private", "passthru"),
                                        "\"bridge\"",
                                        "`passthru`: it has the card for itself. Otherwise it shares"
                                                + " the card with others like it, and reaches them"
                                                + " directly (`bridge`), by a switch out there that"
                                                + " sends frames back (`vepa`), or not (`private`)")
                                .beside(parent),
                        key(
                                        "mac",
                                        Keys.MAC,
                                        null,
                                        "its address, which is the guest's that it serves; not in"
                                                + " mode `passthru`; of the kernel's choice if not"
                                                + " given")
                                .beside(parent),
                        offload().beside(parent)));
    }

    static Table bridge() {
        return new Table(
                "bridge",
                "A TAP in a bridge that the kernel has: guests are on that bridge's network. Who has"
                        + " CAP_NET_ADMIN makes it; others get it from QEMU's setuid"
                        + " `qemu-bridge-helper`, where `/etc/qemu/bridge.conf` allows it.",
                "[ports.lan]\nbridge = { name = \"br0\" }\n",
                List.of(
                        key("name", INTERFACE, null, "the bridge's; must be given"),
                        key(
                                        "helper",
                                        text(
                                                "absolute path",
                                                Pattern.compile("/.*"),
                                                List.of("/opt/qemu-bridge-helper"),
                                                List.of("", "qemu-bridge-helper")),
                                        null,
                                        "the program that makes it, whoever we are; looked for"
                                                + " where QEMU has it if not given")
                                .beside("name = \"br0\"")));
    }

    static Table packet() {
        return new Table(
                "packet",
                "A network card, or what else carries Ethernet frames, whose address and use by the"
                        + " host stay as they are: guests are on its network with their own MAC"
                        + " addresses. They and this host do not reach each other by it, as with"
                        + " macvlan; a `tap` is for that. Needs CAP_NET_RAW. The interface may be"
                        + " down, or come later.",
                "[ports.lan]\npacket = { interface = \"eth0\" }\n",
                List.of(
                        key(
                                "interface",
                                INTERFACE,
                                null,
                                "its name; must be given. Access points mostly drop what a wireless"
                                        + " one sends for guests")));
    }
}
