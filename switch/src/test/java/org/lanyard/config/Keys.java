package org.lanyard.config;

import static org.lanyard.config.KeyType.bool;
import static org.lanyard.config.KeyType.duration;
import static org.lanyard.config.KeyType.oneOf;
import static org.lanyard.config.KeyType.rate;
import static org.lanyard.config.KeyType.share;
import static org.lanyard.config.KeyType.size;
import static org.lanyard.config.KeyType.table;
import static org.lanyard.config.KeyType.text;
import static org.lanyard.config.KeyType.whole;

import java.util.List;
import java.util.regex.Pattern;
import org.lanyard.policy.Impairment;
import org.lanyard.policy.Vlans;

/**
 * All keys of a configuration: the source of conf/REFERENCE.md and conf/lanyard.schema.json, held
 * against what the parser does.
 */
final class Keys {
    /**
     * One key.
     *
     * @param otherwise what holds where it is left out, as TOML; null for nothing
     * @param with keys that it needs beside it in its table, as TOML; may be empty
     */
    record Key(String name, KeyType type, String otherwise, String with, String says) {
        /** The same beside other keys. */
        Key beside(String others) {
            return new Key(name, type, otherwise, others, says);
        }
    }

    /**
     * One table.
     *
     * @param says before its keys are listed
     * @param example of the whole, as a file
     */
    record Table(String name, String says, String example, List<Key> keys) {
        /** A file with this key alone, and what it needs. */
        String file(Key key, String value) {
            return file(
                    key.name() + " = " + value + (key.with().isEmpty() ? "" : ", " + key.with()));
        }

        /** A file with this table. */
        String file(String keys) {
            String lines = keys.replace(", ", "\n") + "\n";
            return switch (name) {
                case "switch", "control" -> "[" + name + "]\n" + lines;
                case "ports" ->
                        (keys.matches("(stream|tap|user|bridge|packet|macvtap) .*") ? WEB : PORT)
                                + keys
                                + "\n";
                case "dhcp" ->
                        WEB
                                + "tap = { name = \"lan0\", address = [\"10.0.0.1/24\"], dhcp = { "
                                + keys
                                + " } }\n";
                case "stream", "tap", "user", "bridge", "packet", "macvtap" ->
                        WEB + name + " = { " + keys + " }\n";
                default -> PORT + name + " = { " + keys + " }\n";
            };
        }
    }

    private static final String WEB = "[ports.web]\n";
    static final String PORT = WEB + "stream = { listen = \"unix:web.sock\" }\n";
    static final String LISTEN = "listen = \"unix:web.sock\"";
    private static final String FRAMES = "frames per second";

    private static final Pattern MAC_PATTERN =
            Pattern.compile("[0-9a-fA-F][02468aceACE]([:-][0-9a-fA-F]{2}){5}");

    static final KeyType STATIC_MAC =
            text(
                    "MAC address of a station, or `MAC/VLAN`",
                    StaticMac.WRITTEN,
                    List.of("52:54:00:12:34:56", "52-54-00-12-34-5F/1"),
                    List.of("52:54:00:12:34", "52:54:00:12:34:56/", "52:54:00:12:34:56/a"));

    static final KeyType MAC =
            text(
                    "MAC address of a station",
                    MAC_PATTERN,
                    List.of("52:54:00:12:34:56", "52-54-00-AB-CD-EF"),
                    List.of("01:00:5e:00:00:01", "525400123456", "web"));

    static final KeyType ENDPOINT =
            text(
                    "`\"unix:PATH\"` (relative: in the runtime directory) or `\"tcp:HOST:PORT\"`",
                    Pattern.compile("unix:.+|tcp:.+:[0-9]{1,5}"),
                    List.of("unix:a.sock", "unix:/run/a.sock", "tcp:127.0.0.1:5555", "tcp:[::1]:1"),
                    List.of("a.sock", "unix:", "tcp:5555"));

    static final KeyType GROUP =
            text(
                    "a group's name, or its number in quotes",
                    ControlReader.GROUP,
                    List.of("kvm", "_a.b-c9", "0", "4711"),
                    List.of("", "a b", "-x"));

    private static final KeyType VLAN = whole(Vlans.LOWEST, Vlans.HIGHEST);

    private static final KeyType VLAN_ITEM =
            VLAN.or(
                    text(
                            "range such as `\"20-29\"`",
                            VlanReader.RANGE,
                            List.of("20-29", "7", "1-4094"),
                            List.of("x")));

    private static final KeyType TRUNK = trunk();

    private Keys() {}

    private static KeyType trunk() {
        KeyType list = VLAN_ITEM.nonEmptyList();
        KeyType all =
                text(
                        "`\"all\"` or a range alone",
                        Pattern.compile("all|" + VlanReader.RANGE.pattern()),
                        List.of("all", "20-29"),
                        List.of("none"));
        KeyType both = list.or(all);
        return new KeyType(both.words(), both.schema(), both.good(), List.of("[]", "5", "\"no\""));
    }

    static Key key(String name, KeyType type, String otherwise, String says) {
        return new Key(name, type, otherwise, "", says);
    }

    static List<Table> all() {
        return List.of(
                ofSwitch(),
                control(),
                ports(),
                StreamKeys.table(),
                TapKeys.tap(),
                TapKeys.dhcp(),
                TapKeys.bridge(),
                TapKeys.packet(),
                TapKeys.macvtap(),
                UserKeys.table(),
                vlan(),
                flood(),
                limit(),
                storm(),
                mirror(),
                impair());
    }

    private static Table ofSwitch() {
        return new Table(
                "switch",
                "The switch as a whole.",
                "[switch]\nname = \"lab\"\nmac-ageing = \"10m\"\nworkers = 2\n",
                List.of(
                        key(
                                "name",
                                text(
                                        "1 to 63 letters, digits, `_`, `.`, `-`",
                                        ConfigParser.NAME,
                                        List.of("lan0", "a".repeat(63), "7.b_c-d"),
                                        List.of("", "a/b", "-a", "a".repeat(64))),
                                "\"lan0\"",
                                "its name, and its runtime directory's"),
                        key(
                                "mac-ageing",
                                duration("1s", "1000000s", "999ms", "1000001s"),
                                "\"300s\"",
                                "how long an address is remembered that is not seen"),
                        key(
                                "mac-table-size",
                                whole(1, 1 << 24),
                                "8192",
                                "addresses in the forwarding database"),
                        key(
                                "mac-moves",
                                whole(1, 1_000_000),
                                "10",
                                "how often an address may move from port to port in ten seconds;"
                                        + " then it is held where it was"),
                        key(
                                "workers",
                                whole(1, SwitchConfig.MAX_WORKERS),
                                "1",
                                "data-plane threads"),
                        key(
                                "max-ports",
                                whole(2, 16_384),
                                "4096",
                                "ports that are up at once, guests included"),
                        key(
                                "port-backlog",
                                size(128 << 10, 1 << 30),
                                "\"4MiB\"",
                                "what may wait for one port before its frames are dropped"),
                        key(
                                "backlog-memory",
                                size(0, 1L << 40),
                                "\"256MiB\"",
                                "what may wait for all ports together before each keeps only its"
                                        + " guaranteed 144 KiB")));
    }

    private static Table control() {
        return new Table(
                "control",
                "Who may use the control socket besides root and the user whose switch it is."
                        + " A group gets the runtime directory and the socket, so a switch that root"
                        + " does not run can name only a group that its user is in; with two groups"
                        + " everybody may pass the directory, and the socket refuses strangers."
                        + " Guests' sockets keep their modes, see `stream`.",
                "[control]\ngroup = \"kvm\"\nreaders = \"adm\"\n",
                List.of(
                        key(
                                "group",
                                GROUP,
                                null,
                                "its members may change the switch, but not what it has from its"
                                        + " host: see SECURITY.md"),
                        key("readers", GROUP, null, "its members may look and change nothing")));
    }

    private static Table ports() {
        return new Table(
                "ports",
                "One table for each port, `[ports.NAME]`; names are as the switch's. Exactly one of"
                        + " `stream`, `tap`, `user`, `bridge`, `packet` and `macvtap` is in it. A file without a port has one,"
                        + " `guests`,"
                        + " listening at `unix:guests.sock`.",
                PORT + "vlan = { access = 10 }\nisolated = true\nmac-limit = 2\n",
                List.of(
                        key("stream", table("stream"), null, "guests, or another switch"),
                        key("tap", table("tap"), null, "the host"),
                        key("user", table("user"), null, "the world, without root"),
                        key("bridge", table("bridge"), null, "a bridge of the kernel's"),
                        key("packet", table("packet"), null, "a network card"),
                        key("macvtap", table("macvtap"), null, "the network of a network card"),
                        key(
                                "vlan",
                                table("vlan"),
                                null,
                                "in which VLANs it is. Once one port says something, others are"
                                        + " `{ access = 1 }`; where none does, tags are payload"),
                        key(
                                "isolated",
                                bool(),
                                "false",
                                "it reaches only ports that are not isolated"),
                        key(
                                "transparent",
                                bool(),
                                "false",
                                "LLDP, LACP, spanning tree (01:80:c2:00:00:0x) pass between such"
                                        + " ports; otherwise they are dropped"),
                        key(
                                "allow-macs",
                                MAC.nonEmptyList(),
                                null,
                                "frames from other sources are dropped"),
                        key("flood", table("flood"), "{}", "which floods leave by it"),
                        key(
                                "mac-limit",
                                whole(1, 1 << 24),
                                null,
                                "how many addresses are learned behind it"),
                        key(
                                "beyond-mac-limit",
                                oneOf("flood", "drop"),
                                "\"flood\"",
                                "what becomes of frames from further addresses"),
                        key(
                                "sticky-macs",
                                bool(),
                                "false",
                                "a learned address does not move away while it is seen there"),
                        key(
                                "guard-macs",
                                bool(),
                                "false",
                                "frames from other ports with an address that is behind it are"
                                        + " dropped; for the gateway's port and the host's"),
                        key(
                                "static-macs",
                                STATIC_MAC.list(),
                                "[]",
                                "behind it for good, in the VLAN that is untagged there or in the"
                                        + " one that is named: `\"52:54:00:12:34:56/20\"`. A"
                                        + " listening port's are its first guest's: one that is"
                                        + " alone on the port when it connects"),
                        key("limit", table("limit"), null, "more than that is dropped"),
                        key(
                                "storm",
                                table("storm"),
                                null,
                                "frames per second that it may flood to others"),
                        key(
                                "mirror",
                                table("mirror"),
                                null,
                                "it gets copies of other ports' frames, and nothing else"),
                        key(
                                "impair",
                                table("impair"),
                                null,
                                "its wire is as bad as that, each way")));
    }

    private static Table vlan() {
        return new Table(
                "vlan",
                "IEEE 802.1Q: one of `access`, `trunk` and `tunnel`.",
                PORT + "vlan = { trunk = [10, \"20-29\"], native = 1 }\n",
                List.of(
                        key("access", VLAN, null, "untagged on the wire, all in this VLAN"),
                        key("trunk", TRUNK, null, "tagged with the VLAN"),
                        key("native", VLAN, null, "of a trunk: what is untagged there")
                                .beside("trunk = [5]"),
                        key(
                                "tunnel",
                                VLAN,
                                null,
                                "whatever comes, its tags included, is payload of this VLAN"),
                        key(
                                        "tag-type",
                                        oneOf("0x8100", "0x88a8", "802.1q", "802.1ad"),
                                        "\"0x8100\"",
                                        "of a trunk's tags")
                                .beside("trunk = [5]"),
                        key(
                                        "admit",
                                        oneOf("all", "tagged", "untagged"),
                                        "\"all\"",
                                        "of access and trunk: which frames may come in")
                                .beside("access = 5"),
                        key(
                                        "nested-tags",
                                        bool(),
                                        "false",
                                        "of access and trunk: whether a frame leaves untagged that"
                                                + " then begins with a tag of the port's own type."
                                                + " Whoever gets it takes it for one of that tag's"
                                                + " VLAN, which a guest can use to get into others"
                                                + " (\"VLAN hopping\")")
                                .beside("access = 5")));
    }

    private static Table flood() {
        return new Table(
                "flood",
                "What leaves by the port though nobody is known to be there.",
                PORT + "flood = { unknown = false }\n",
                List.of(
                        key("unknown", bool(), "true", "to addresses that are not known"),
                        key("multicast", bool(), "true", "to groups"),
                        key("broadcast", bool(), "true", "to all")));
    }

    private static Table limit() {
        return new Table(
                "limit",
                "Policed: what is above a rate is dropped. Rates are decimal, sizes binary.",
                PORT + "limit = { ingress = \"10Mbit\", egress = \"1Gbit\", burst = \"128KiB\" }\n",
                List.of(
                        key("ingress", rate(), null, "received from the port"),
                        key("egress", rate(), null, "sent to it"),
                        key(
                                "burst",
                                size(72 << 10, 1 << 30),
                                null,
                                "what may pass at once after a pause; left out, 20 ms of the rate,"
                                        + " from 128 KiB to 16 MiB. TCP needs what the rate brings in a"
                                        + " round trip")));
    }

    private static Table storm() {
        KeyType frames = whole(1, 1_000_000_000);
        return new Table(
                "storm",
                "What the port may flood to others, in " + FRAMES + ".",
                PORT + "storm = { broadcast = 100, multicast = 1000, unknown = 1000 }\n",
                List.of(
                        key("broadcast", frames, null, "to all"),
                        key("multicast", frames, null, "to groups"),
                        key("unknown", frames, null, "to addresses that are not known")));
    }

    private static Table mirror() {
        return new Table(
                "mirror",
                "What is left out means all.",
                PORT
                        + "\n[ports.watch]\nstream = { listen = \"unix:watch.sock\" }\n"
                        + "mirror = { ports = [\"web\"], direction = \"rx\", snap = 128 }\n",
                List.of(
                        key(
                                "ports",
                                text(
                                                "port of the file",
                                                ConfigParser.NAME,
                                                List.of("web"),
                                                List.of("a b", "wbe"))
                                        .list(),
                                "[]",
                                "copies of these ports' frames"),
                        key("vlans", VLAN_ITEM.list(), "[]", "copies of these VLANs' frames"),
                        key(
                                "direction",
                                oneOf("rx", "tx", "both"),
                                "\"both\"",
                                "copies of what the ports receive, send, or both"),
                        key("snap", whole(60, 65_535), null, "copies are cut to so many bytes")));
    }

    private static Table impair() {
        String delay = "delay = \"60s\"";
        KeyType time = duration("0s", "60s", "-1s", "61s");
        return new Table(
                "impair",
                "What is between a port and its other end. The keys hold both ways, or stand in `rx`"
                        + " and `tx`. Each guest of a listening port has a wire of its own.",
                PORT + "impair = { rx = { loss = \"1%\" }, tx = { delay = \"50ms\", seed = 7 } }\n",
                List.of(
                        key("loss", share(), "\"0%\"", "that share of frames is lost"),
                        key("duplicate", share(), "\"0%\"", "arrives twice"),
                        key("corrupt", share(), "\"0%\"", "has one bit turned"),
                        key("reorder", share(), "\"0%\"", "skips delay and rate").beside(delay),
                        key("delay", time, "\"0s\"", "each frame is so late"),
                        key("jitter", time, "\"0s\"", "evenly spread over delay ± jitter")
                                .beside(delay),
                        key("rate", rate(), null, "frames leave the wire no faster"),
                        key(
                                "queue",
                                size(72 << 10, Impairment.LARGEST_QUEUE),
                                "\"1MiB\"",
                                "what it does not hold is lost"),
                        key(
                                "seed",
                                whole(0, Long.MAX_VALUE),
                                "0",
                                "the same seed loses the same frames"),
                        key(
                                "rx",
                                table("wire", "impair"),
                                "{}",
                                "these keys for what the switch receives"),
                        key("tx", table("wire", "impair"), "{}", "these keys for what it sends")));
    }
}
