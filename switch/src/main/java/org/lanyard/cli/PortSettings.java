package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.lanyard.config.Quantities;
import org.lanyard.policy.Vlans;
import org.lanyard.slirp.SmbShare;

/** What a port was told to do, in a line for each key that says more than nothing. */
final class PortSettings {
    private final JsonNode port;
    private final PrintWriter out;

    PortSettings(JsonNode port, PrintWriter out) {
        this.port = port;
        this.out = out;
    }

    void print() {
        user(port.path("user"));
        line("vlan", vlan(port.path("vlan")));
        List<String> marks = new ArrayList<>();
        addIf(marks, port.path("isolated").asBoolean(), "isolated");
        addIf(marks, port.path("transparent").asBoolean(), "transparent");
        line("is", String.join(", ", marks));
        List<String> macs = new ArrayList<>();
        port.path("allow_macs").forEach(mac -> macs.add(mac.asText()));
        line("sources", macs.isEmpty() ? "" : "only " + String.join(" ", macs));
        line("flood", flood());
        line("learns", learns());
        line("limit", limit());
        line("storm", storm());
        line("wire in", wire(port.path("impair").path("rx")));
        line("wire out", wire(port.path("impair").path("tx")));
    }

    /** The network of a user port. */
    private void user(JsonNode user) {
        if (user.isMissingNode()) {
            return;
        }
        line(
                "network",
                String.format(
                        "%s, host %s, dns %s, dhcp from %s%s",
                        word(user, "network"),
                        word(user, "host"),
                        word(user, "dns"),
                        word(user, "dhcp_start"),
                        user.path("ipv6").asBoolean() ? ", IPv6" : ""));
        user.path("hostfwd").forEach(forward -> line("forward", forward.asText()));
        if (user.hasNonNull("hairpin")) {
            line("hairpin", user.path("hairpin").asBoolean() ? "guests reach forwards" : "no");
        }
        line("tftp", user.path("tftp").asText(""));
        line("bootfile", user.path("bootfile").asText(""));
        if (user.hasNonNull("smb")) {
            String share = "\\\\" + word(user, "smb_server") + "\\" + SmbShare.NAME;
            line("smb", word(user, "smb") + " as " + share);
        }
        List<String> marks = new ArrayList<>();
        addIf(marks, user.path("restrict").asBoolean(), "forwards and each other");
        boolean loopback = user.path("host_loopback").asBoolean();
        addIf(marks, loopback, "the host's loopback at " + word(user, "host"));
        addIf(marks, !loopback, "not the host's loopback");
        line("reaches", String.join(", ", marks));
    }

    private void line(String label, String text) {
        if (!text.isEmpty()) {
            out.printf("%-9s %s%n", label, text);
        }
    }

    private static void addIf(List<String> parts, boolean holds, String text) {
        if (holds) {
            parts.add(text);
        }
    }

    /** As a configuration has it. */
    private static String vlan(JsonNode vlan) {
        String mode = vlan.path("mode").asText();
        String admit = vlan.path("admit").asText();
        boolean nested = vlan.path("nested_tags").asBoolean();
        String suffix =
                (admit.equals("all") ? "" : ", only " + admit + " frames")
                        + (nested ? ", nested tags" : "");
        if (!mode.equals("trunk")) {
            return mode + " " + vlan.path(mode).asInt() + suffix;
        }
        BitSet trunk = new BitSet();
        vlan.path("trunk").forEach(number -> trunk.set(number.asInt()));
        String untagged =
                vlan.path("native").isNull() ? "" : "native " + vlan.path("native") + ", ";
        String type = vlan.path("tag_type").asText();
        return untagged
                + "trunk "
                + Vlans.ranges(trunk)
                + (type.equals("0x8100") ? "" : ", tag type " + type)
                + suffix;
    }

    private String flood() {
        List<String> not = new ArrayList<>();
        for (String kind : List.of("unknown", "multicast", "broadcast")) {
            addIf(not, !port.path("flood").path(kind).asBoolean(), kind);
        }
        return not.isEmpty() ? "" : "no " + String.join(", no ", not);
    }

    private String learns() {
        List<String> parts = new ArrayList<>();
        int limit = port.path("mac_limit").asInt();
        addIf(
                parts,
                limit > 0,
                String.format(
                        "%,d addresses, beyond them %s", limit, word(port, "beyond_mac_limit")));
        addIf(parts, port.path("sticky_macs").asBoolean(), "sticky");
        addIf(parts, port.path("guard_macs").asBoolean(), "guards them from other ports");
        return String.join(", ", parts);
    }

    private static String word(JsonNode node, String key) {
        return node.path(key).asText();
    }

    private String limit() {
        JsonNode limit = port.path("limit");
        List<String> parts = new ArrayList<>();
        for (String way : List.of("ingress", "egress")) {
            long bits = limit.path(way).asLong();
            addIf(parts, bits > 0, way + " " + Quantities.formatBitRate(bits));
        }
        long burst = limit.path("burst").asLong();
        addIf(parts, !parts.isEmpty(), "burst " + Quantities.formatBytes(burst));
        return String.join(", ", parts);
    }

    private String storm() {
        List<String> parts = new ArrayList<>();
        for (String kind : List.of("broadcast", "multicast", "unknown")) {
            int frames = port.path("storm").path(kind).asInt();
            addIf(parts, frames > 0, String.format("%s %,d", kind, frames));
        }
        return parts.isEmpty() ? "" : String.join(", ", parts) + " frames/s";
    }

    private static String wire(JsonNode wire) {
        if (!wire.isObject()) {
            return "";
        }
        List<String> parts = new ArrayList<>();
        for (String share : List.of("loss", "duplicate", "corrupt", "reorder")) {
            double part = wire.path(share).asDouble();
            addIf(parts, part > 0, share + " " + Quantities.formatShare(part));
        }
        long delay = wire.path("delay").asLong();
        long jitter = wire.path("jitter").asLong();
        long rate = wire.path("rate").asLong();
        String varied = jitter > 0 ? " ± " + Quantities.formatNanos(jitter) : "";
        addIf(parts, delay > 0, "delay " + Quantities.formatNanos(delay) + varied);
        addIf(parts, rate > 0, "rate " + Quantities.formatBitRate(rate));
        parts.add("queue " + Quantities.formatBytes(wire.path("queue").asLong()));
        parts.add("seed " + wire.path("seed").asText());
        return String.join(", ", parts);
    }
}
