package org.lanyard.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.LongStream;
import org.lanyard.frame.Mac;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.Impairment;
import org.lanyard.policy.Learning;
import org.lanyard.policy.Limits;
import org.lanyard.policy.Mirror;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.slirp.UserNetwork;
import org.tomlj.Toml;

/**
 * Writes a configuration as TOML, with every key that has a value, whoever gave it: reading it
 * gives the same configuration.
 */
public final class ConfigWriter {
    private ConfigWriter() {}

    /** A file's text. */
    public static String write(SwitchConfig config) {
        StringBuilder text = new StringBuilder();
        tables(config)
                .forEach(
                        (table, keys) -> {
                            text.append(text.isEmpty() ? "" : "\n").append(table).append('\n');
                            keys.forEach(
                                    (key, value) -> text.append(key + " = " + value).append('\n'));
                        });
        return text.toString();
    }

    /** Each table's headline, and its keys with their values as they are written. */
    static Map<String, Map<String, String>> tables(SwitchConfig config) {
        Map<String, Map<String, String>> tables = new LinkedHashMap<>();
        tables.put("[switch]", ofSwitch(config));
        Map<String, String> control = new LinkedHashMap<>();
        config.control().group().ifPresent(group -> control.put("group", quoted(group)));
        config.control().readers().ifPresent(group -> control.put("readers", quoted(group)));
        if (!control.isEmpty()) {
            tables.put("[control]", control);
        }
        for (PortConfig port : config.ports()) {
            String headline = "[" + Toml.joinKeyPath(List.of("ports", port.name())) + "]";
            tables.put(headline, ofPort(port));
        }
        return tables;
    }

    private static Map<String, String> ofSwitch(SwitchConfig config) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("name", quoted(config.name()));
        keys.put("mac-ageing", quoted(Quantities.formatNanos(config.macAgeing().toNanos())));
        keys.put("mac-table-size", "" + config.macTableSize());
        keys.put("mac-moves", "" + config.macMoves());
        keys.put("workers", "" + config.workers());
        keys.put("max-ports", "" + config.maxPorts());
        keys.put("port-backlog", quoted(Quantities.formatBytes(config.portBacklog())));
        keys.put("backlog-memory", quoted(Quantities.formatBytes(config.backlogMemory())));
        return keys;
    }

    private static Map<String, String> ofPort(PortConfig port) {
        Map<String, String> keys = new LinkedHashMap<>();
        PortKind kind = port.kind();
        keys.put(kind.key(), ofKind(kind));
        PortPolicy policy = port.policy();
        policy.vlans().ifPresent(vlans -> keys.put("vlan", of(vlans)));
        keys.put("isolated", "" + policy.isolated());
        keys.put("transparent", "" + policy.transparent());
        if (policy.allowedMacs().length > 0) {
            keys.put("allow-macs", macs(LongStream.of(policy.allowedMacs()).boxed().toList()));
        }
        keys.put("flood", of(policy.flooding()));
        Learning learning = policy.learning();
        if (learning.limit() != Learning.FREE.limit()) {
            keys.put("mac-limit", "" + learning.limit());
        }
        keys.put("beyond-mac-limit", learning.dropBeyond() ? "\"drop\"" : "\"flood\"");
        keys.put("sticky-macs", "" + learning.sticky());
        if (policy.guarding()) {
            keys.put("guard-macs", "true");
        }
        if (!port.staticMacs().isEmpty()) {
            keys.put(
                    "static-macs",
                    list(port.staticMacs().stream().map(StaticMac::toString).toList()));
        }
        putLimits(policy.limits(), keys);
        policy.mirror().ifPresent(mirror -> keys.put("mirror", of(mirror)));
        putImpairment(policy, keys);
        return keys;
    }

    private static String ofKind(PortKind kind) {
        Table table = new Table();
        if (kind instanceof PortKind.StreamListen listen) {
            table.put("listen", quoted(listen.endpoint()));
            listen.group().ifPresent(group -> table.put("group", quoted(group)));
            listen.mode().ifPresent(mode -> table.put("mode", quoted(String.format("%04o", mode))));
            listen.limits().all().ifPresent(most -> table.put("max-guests", "" + most));
            listen.limits()
                    .perUser()
                    .ifPresent(most -> table.put("max-guests-per-user", "" + most));
            putKeepalive(listen.endpoint(), listen.keepalive(), table);
        } else if (kind instanceof PortKind.StreamConnect connect) {
            table.put("connect", quoted(connect.endpoint()));
            putKeepalive(connect.endpoint(), connect.keepalive(), table);
        } else if (kind instanceof PortKind.Tap tap) {
            table.put("name", quoted(tap.name()));
            if (!tap.addresses().isEmpty()) {
                table.put("address", list(tap.addresses().stream().map(Object::toString).toList()));
            }
            if (tap.mtu() > 0) {
                table.put("mtu", "" + tap.mtu());
            }
            if (!tap.offload()) {
                table.put("offload", "false");
            }
            putGateway(tap.gateway(), table);
        } else if (kind instanceof PortKind.User user) {
            put(user, table);
        } else if (kind instanceof PortKind.Bridge bridge) {
            table.put("name", quoted(bridge.name()));
            bridge.helper().ifPresent(helper -> table.put("helper", quoted(helper)));
        } else if (kind instanceof PortKind.Packet packet) {
            table.put("interface", quoted(packet.interfaceName()));
        } else if (kind instanceof PortKind.HostMacvtap macvtap) {
            table.put("name", quoted(macvtap.name())).put("offload", "" + macvtap.offload());
        } else if (kind instanceof PortKind.OwnMacvtap macvtap) {
            table.put("parent", quoted(macvtap.parent()));
            table.put("mode", quoted(macvtap.mode().key()));
            macvtap.mac().ifPresent(mac -> table.put("mac", quoted(Mac.format(mac))));
            table.put("offload", "" + macvtap.offload());
        }
        return table.text();
    }

    private static void putKeepalive(String endpoint, Duration keepalive, Table table) {
        if (endpoint.startsWith("tcp:")) {
            table.put("keepalive", quoted(Quantities.formatNanos(keepalive.toNanos())));
        }
    }

    private static void put(PortKind.User user, Table table) {
        UserNetwork network = user.network();
        table.put("network", quoted(network.cidr()));
        table.put("host", quoted(network.host().getHostAddress()));
        table.put("dns", quoted(network.dns().getHostAddress()));
        table.put("dhcp-start", quoted(network.dhcpStart().getHostAddress()));
        table.put("hostfwd", list(user.forwards().stream().map(Object::toString).toList()));
        network.tftp().ifPresent(directory -> table.put("tftp", quoted(directory.toString())));
        network.bootfile().ifPresent(name -> table.put("bootfile", quoted(name)));
        network.smb()
                .ifPresent(
                        share -> {
                            table.put("smb", quoted(share.directory().toString()));
                            table.put("smb-server", quoted(share.server().getHostAddress()));
                        });
        table.put("restrict", "" + network.restrict());
        table.put("ipv6", "" + network.ipv6());
        network.loopback().ifPresent(reached -> table.put("host-loopback", "" + reached));
        user.hairpin().ifPresent(allowed -> table.put("hairpin", "" + allowed));
    }

    private static void putGateway(Gateway gateway, Table table) {
        if (gateway.nat()) {
            table.put("nat", "true");
        }
        if (gateway.hairpin()) {
            table.put("hairpin", "true");
        }
        gateway.dhcp().ifPresent(dhcp -> table.put("dhcp", of(dhcp)));
        gateway.tftp().ifPresent(directory -> table.put("tftp", quoted(directory)));
        gateway.bootfile().ifPresent(file -> table.put("bootfile", quoted(file)));
    }

    private static String of(Gateway.Dhcp dhcp) {
        Table table = new Table();
        String first = dhcp.first().getHostAddress();
        table.put("range", quoted(first + "-" + dhcp.last().getHostAddress()));
        table.put("lease", quoted(dhcp.lease().toSeconds() + "s"));
        if (dhcp.servesDns()) {
            table.put("dns", "true");
        } else {
            table.put("dns", list(dhcp.dns().stream().map(InetAddress::getHostAddress).toList()));
        }
        table.put("router", quoted(dhcp.router().map(InetAddress::getHostAddress).orElse("none")));
        dhcp.domain().ifPresent(domain -> table.put("domain", quoted(domain)));
        return table.text();
    }

    private static String of(Vlans vlans) {
        Table table = new Table();
        switch (vlans.mode()) {
            case ACCESS -> table.put("access", "" + vlans.pvid());
            case TUNNEL -> table.put("tunnel", "" + vlans.pvid());
            case TRUNK -> {
                boolean all = vlans.tagged().equals(Vlans.all());
                table.put("trunk", all ? "\"all\"" : list(Vlans.listOfRanges(vlans.tagged())));
                if (vlans.pvid() != Vlans.NONE) {
                    table.put("native", "" + vlans.pvid());
                }
                table.put("tag-type", quoted(String.format("0x%04x", vlans.tagType())));
            }
        }
        switch (vlans.admit()) {
            case TAGGED -> table.put("admit", "\"tagged\"");
            case UNTAGGED -> table.put("admit", "\"untagged\"");
            case ALL -> {}
        }
        if (vlans.nestedTags()) {
            table.put("nested-tags", "true");
        }
        return table.text();
    }

    private static String of(Flooding flooding) {
        return new Table()
                .put("unknown", "" + flooding.unknown())
                .put("multicast", "" + flooding.multicast())
                .put("broadcast", "" + flooding.broadcast())
                .text();
    }

    private static void putLimits(Limits limits, Map<String, String> keys) {
        Table rates = new Table();
        rates.putRate("ingress", limits.ingressBits()).putRate("egress", limits.egressBits());
        if (limits.burstBytes() != Limits.DEFAULT_BURST) {
            rates.put("burst", quoted(Quantities.formatBytes(limits.burstBytes())));
        }
        if (!rates.isEmpty()) {
            keys.put("limit", rates.text());
        }
        Table storm = new Table();
        storm.putCount("broadcast", limits.broadcast())
                .putCount("multicast", limits.multicast())
                .putCount("unknown", limits.unknown());
        if (!storm.isEmpty()) {
            keys.put("storm", storm.text());
        }
    }

    private static String of(Mirror mirror) {
        Table table = new Table();
        if (!mirror.ports().isEmpty()) {
            table.put("ports", list(mirror.ports().stream().sorted().toList()));
        }
        if (!mirror.vlans().isEmpty()) {
            table.put("vlans", list(Vlans.listOfRanges(mirror.vlans())));
        }
        String direction = mirror.sent() ? "tx" : "rx";
        table.put("direction", quoted(mirror.sent() && mirror.received() ? "both" : direction));
        return table.putCount("snap", mirror.snap()).text();
    }

    private static void putImpairment(PortPolicy policy, Map<String, String> keys) {
        if (policy.received().equals(policy.sent())) {
            if (!policy.received().isNone()) {
                keys.put("impair", of(policy.received()));
            }
            return;
        }
        Table ways = new Table();
        if (!policy.received().isNone()) {
            ways.put("rx", of(policy.received()));
        }
        if (!policy.sent().isNone()) {
            ways.put("tx", of(policy.sent()));
        }
        keys.put("impair", ways.text());
    }

    private static String of(Impairment impairment) {
        return new Table()
                .putShare("loss", impairment.loss())
                .putShare("duplicate", impairment.duplicate())
                .putShare("corrupt", impairment.corrupt())
                .putShare("reorder", impairment.reorder())
                .putTime("delay", impairment.delayNanos())
                .putTime("jitter", impairment.jitterNanos())
                .putRate("rate", impairment.rateBits())
                .put("queue", quoted(Quantities.formatBytes(impairment.queueBytes())))
                .put("seed", "" + impairment.seed())
                .text();
    }

    private static String macs(List<Long> macs) {
        return list(macs.stream().map(Mac::format).toList());
    }

    private static String list(List<String> items) {
        List<String> quoted = new ArrayList<>();
        items.forEach(item -> quoted.add(quoted(item)));
        return "[" + String.join(", ", quoted) + "]";
    }

    private static String quoted(String text) {
        return "\"" + Toml.tomlEscape(text) + "\"";
    }

    /** An inline table; what is 0 is not in force, and is left out. */
    private static final class Table {
        private final StringJoiner parts = new StringJoiner(", ", "{ ", " }").setEmptyValue("{}");
        private boolean isEmpty = true;

        Table put(String key, String value) {
            parts.add(key + " = " + value);
            isEmpty = false;
            return this;
        }

        Table putCount(String key, long count) {
            return count == 0 ? this : put(key, "" + count);
        }

        Table putRate(String key, long bits) {
            return bits == 0 ? this : put(key, quoted(Quantities.formatBitRate(bits)));
        }

        Table putShare(String key, double share) {
            return share == 0 ? this : put(key, quoted(Quantities.formatShare(share)));
        }

        Table putTime(String key, long nanos) {
            return nanos == 0 ? this : put(key, quoted(Quantities.formatNanos(nanos)));
        }

        boolean isEmpty() {
            return isEmpty;
        }

        String text() {
            return parts.toString();
        }
    }
}
