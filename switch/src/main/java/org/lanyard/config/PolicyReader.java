package org.lanyard.config;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lanyard.frame.Ethernet;
import org.lanyard.frame.Mac;
import org.lanyard.frame.StreamFormat;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.Learning;
import org.lanyard.policy.Limits;
import org.lanyard.policy.Mirror;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;

/** Reads what a port's table says about its frames, whatever kind of port it is. */
final class PolicyReader {
    private static final String LIMIT_EXAMPLE = "{ ingress = \"10Mbit\" }";
    private static final String STORM_EXAMPLE = "{ broadcast = 100 }";
    private static final String MIRROR_EXAMPLE = "{ ports = [\"web\"] }";
    private static final String RATE_EXAMPLE = "10Mbit";

    /** A frame of any length must be able to pass. */
    private static final int SMALLEST_BURST = 72 << 10;

    private static final String FLOOD_EXAMPLE = "{ unknown = false }";
    private static final String MAC_EXAMPLE = "52:54:00:12:34:56";

    private final TableReader port;
    private final List<String> ports;

    /**
     * @param ports the names of all
     */
    PolicyReader(TableReader port, List<String> ports) {
        this.port = port;
        this.ports = ports;
    }

    PortPolicy read() {
        PortPolicy policy =
                PortPolicy.NONE
                        .withIsolated(port.bool("isolated", false))
                        .withTransparent(port.bool("transparent", false))
                        .withAllowedMacs(port.list("allow-macs", MAC_EXAMPLE, PolicyReader::mac))
                        .with(flooding())
                        .with(learning())
                        .with(limits());
        if (port.isEmptyList("allow-macs")) {
            port.error("allow-macs", "allow-macs is empty: leave it out to let all send");
        }
        Optional<Vlans> vlans =
                port.table("vlan", VlanReader.EXAMPLE)
                        .flatMap(table -> new VlanReader(port, table).read());
        PortPolicy inVlans = vlans.map(policy::with).orElse(policy);
        return mirror().map(inVlans::with).orElse(inVlans);
    }

    /** What is behind the port for good. */
    List<Long> staticMacs() {
        return port.list("static-macs", MAC_EXAMPLE, PolicyReader::mac);
    }

    private Flooding flooding() {
        Optional<TableReader> written = port.table("flood", FLOOD_EXAMPLE);
        if (written.isEmpty()) {
            return Flooding.ALL;
        }
        TableReader table = written.get();
        Flooding flooding =
                new Flooding(
                        table.bool("unknown", true),
                        table.bool("multicast", true),
                        table.bool("broadcast", true));
        table.rejectUnknown();
        return flooding;
    }

    private Limits limits() {
        long ingress = Limits.NO_LIMIT;
        long egress = Limits.NO_LIMIT;
        int burst = Limits.DEFAULT_BURST;
        Optional<TableReader> limit = port.table("limit", LIMIT_EXAMPLE);
        if (limit.isPresent()) {
            TableReader table = limit.get();
            ingress = table.parsed("ingress", RATE_EXAMPLE, Quantities::bitRate).orElse(ingress);
            egress = table.parsed("egress", RATE_EXAMPLE, Quantities::bitRate).orElse(egress);
            burst = (int) table.bytes("burst", SMALLEST_BURST, 1 << 30, burst);
            table.rejectUnknown();
        }
        int broadcast = Limits.NO_LIMIT;
        int multicast = Limits.NO_LIMIT;
        int unknown = Limits.NO_LIMIT;
        Optional<TableReader> storm = port.table("storm", STORM_EXAMPLE);
        if (storm.isPresent()) {
            TableReader table = storm.get();
            broadcast = framesPerSecond(table, "broadcast");
            multicast = framesPerSecond(table, "multicast");
            unknown = framesPerSecond(table, "unknown");
            table.rejectUnknown();
        }
        return new Limits(ingress, egress, burst, broadcast, multicast, unknown);
    }

    private static int framesPerSecond(TableReader table, String key) {
        return (int) table.integer(key, 1, 1_000_000_000, Limits.NO_LIMIT);
    }

    private Optional<Mirror> mirror() {
        Optional<TableReader> written = port.table("mirror", MIRROR_EXAMPLE);
        if (written.isEmpty()) {
            return Optional.empty();
        }
        TableReader table = written.get();
        List<String> watched = table.list("ports", "web", this::known);
        BitSet vlans = new BitSet();
        table.listOfNumbersAndStrings("vlans", VlanReader.RANGE_EXAMPLE, VlanReader::range)
                .forEach(vlans::or);
        String direction =
                table.parsed("direction", "both", PolicyReader::direction).orElse("both");
        int snap = (int) table.integer("snap", StreamFormat.MIN_FRAME, 65_535, Mirror.WHOLE);
        table.rejectUnknown();
        boolean received = !direction.equals("tx");
        boolean sent = !direction.equals("rx");
        return Optional.of(new Mirror(Set.copyOf(watched), vlans, received, sent, snap));
    }

    private String known(String name) {
        if (!ports.contains(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no port of this file: " + String.join(", ", ports));
        }
        return name;
    }

    private static String direction(String text) {
        if (!List.of("rx", "tx", "both").contains(text)) {
            throw new IllegalArgumentException("'" + text + "' is none of rx, tx, both");
        }
        return text;
    }

    private Learning learning() {
        int limit = (int) port.integer("mac-limit", 1, 1 << 24, Learning.FREE.limit());
        boolean drop = port.parsed("beyond-mac-limit", "drop", PolicyReader::isDrop).orElse(false);
        return new Learning(limit, drop, port.bool("sticky-macs", false));
    }

    private static boolean isDrop(String text) {
        return switch (text) {
            case "drop" -> true;
            case "flood" -> false;
            default ->
                    throw new IllegalArgumentException("'" + text + "' is neither drop nor flood");
        };
    }

    private static long mac(String text) {
        long mac = Mac.parse(text);
        if (!Ethernet.isStation(mac)) {
            throw new IllegalArgumentException("'" + text + "' is no station's address");
        }
        return mac;
    }
}
