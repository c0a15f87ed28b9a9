package org.lanyard.config;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lanyard.frame.Ethernet;
import org.lanyard.frame.Mac;
import org.lanyard.frame.StreamFormat;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.Impairment;
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

    private static final String SETTABLE =
            "vlan, isolated, transparent, allow-macs, flood, mac-limit, beyond-mac-limit,"
                    + " sticky-macs, guard-macs, limit, storm, mirror, impair";

    private final TableReader port;
    private final List<String> ports;

    /**
     * @param ports the names of all
     */
    PolicyReader(TableReader port, List<String> ports) {
        this.port = port;
        this.ports = ports;
    }

    /**
     * @param base what holds where the table says nothing
     */
    PortPolicy read(PortPolicy base) {
        List<Long> allowed = port.list("allow-macs", MAC_EXAMPLE, PolicyReader::mac);
        PortPolicy policy =
                base.withIsolated(port.bool("isolated", base.isolated()))
                        .withTransparent(port.bool("transparent", base.transparent()))
                        .withGuarding(port.bool("guard-macs", base.guarding()))
                        .with(flooding(base.flooding()))
                        .with(learning(base.learning()))
                        .with(limits(base.limits()));
        if (port.has("allow-macs")) {
            policy = policy.withAllowedMacs(allowed);
        }
        if (port.isEmptyList("allow-macs")) {
            port.error("allow-macs", "allow-macs is empty: leave it out to let all send");
        }
        Optional<Vlans> vlans =
                port.table("vlan", VlanReader.EXAMPLE)
                        .flatMap(table -> new VlanReader(port, table).read());
        PortPolicy inVlans = vlans.map(policy::with).orElse(policy);
        PortPolicy mirroring = mirror().map(inVlans::with).orElse(inVlans);
        return port.table("impair", ImpairReader.EXAMPLE)
                .map(table -> new ImpairReader(port, table).addTo(mirroring))
                .orElse(mirroring);
    }

    /**
     * The policy of a port that says nothing at a key of its table.
     *
     * @throws IllegalArgumentException when there is no such key
     */
    static PortPolicy without(PortPolicy policy, String key) {
        Learning learning = policy.learning();
        Limits limits = policy.limits();
        return switch (key) {
            case "vlan" -> policy.withoutVlans();
            case "isolated" -> policy.withIsolated(false);
            case "transparent" -> policy.withTransparent(false);
            case "allow-macs" -> policy.withAllowedMacs(List.of());
            case "flood" -> policy.with(Flooding.ALL);
            case "mac-limit" ->
                    policy.with(
                            new Learning(
                                    Learning.FREE.limit(),
                                    learning.dropBeyond(),
                                    learning.sticky()));
            case "beyond-mac-limit" ->
                    policy.with(new Learning(learning.limit(), false, learning.sticky()));
            case "sticky-macs" ->
                    policy.with(new Learning(learning.limit(), learning.dropBeyond(), false));
            case "guard-macs" -> policy.withGuarding(false);
            case "limit" -> policy.with(limits.withoutRates());
            case "storm" -> policy.with(limits.withoutStorm());
            case "mirror" -> policy.withoutMirror();
            case "impair" -> policy.withWire(Impairment.NONE, Impairment.NONE);
            default ->
                    throw new IllegalArgumentException(
                            "no key '" + key + "' that can be unset; there are " + SETTABLE);
        };
    }

    /** What is behind the port for good. */
    List<StaticMac> staticMacs() {
        return port.list("static-macs", MAC_EXAMPLE, PolicyReader::staticMac);
    }

    private static StaticMac staticMac(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return new StaticMac(mac(text), Vlans.NONE);
        }
        String number = text.substring(slash + 1);
        int vlan = number.matches("\\d{1,4}") ? Integer.parseInt(number) : Vlans.NONE;
        if (vlan < Vlans.LOWEST || vlan > Vlans.HIGHEST) {
            throw new IllegalArgumentException(
                    "'" + text + "': behind the slash is a VLAN from 1 to 4094");
        }
        return new StaticMac(mac(text.substring(0, slash)), vlan);
    }

    /**
     * Notes which addresses can't be behind a port with such VLANs.
     *
     * @param key of the port's table, for the errors
     */
    void check(List<StaticMac> macs, PortPolicy policy, String key) {
        Vlans vlans = policy.vlans().orElse(Vlans.DEFAULT);
        for (StaticMac mac : macs) {
            mac.trouble(vlans).ifPresent(trouble -> port.error(key, trouble));
        }
    }

    private Flooding flooding(Flooding base) {
        Optional<TableReader> written = port.table("flood", FLOOD_EXAMPLE);
        if (written.isEmpty()) {
            return base;
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

    private Limits limits(Limits base) {
        Limits limits = base;
        Optional<TableReader> limit = port.table("limit", LIMIT_EXAMPLE);
        if (limit.isPresent()) {
            TableReader table = limit.get();
            limits =
                    limits.withRates(
                            bitsPerSecond(table, "ingress"),
                            bitsPerSecond(table, "egress"),
                            (int)
                                    table.bytes(
                                            "burst",
                                            SMALLEST_BURST,
                                            1 << 30,
                                            Limits.DEFAULT_BURST));
            table.rejectUnknown();
        }
        Optional<TableReader> storm = port.table("storm", STORM_EXAMPLE);
        if (storm.isPresent()) {
            TableReader table = storm.get();
            limits =
                    limits.withStorm(
                            framesPerSecond(table, "broadcast"),
                            framesPerSecond(table, "multicast"),
                            framesPerSecond(table, "unknown"));
            table.rejectUnknown();
        }
        return limits;
    }

    private static long bitsPerSecond(TableReader table, String key) {
        return table.parsed(key, RATE_EXAMPLE, Quantities::bitRate).orElse((long) Limits.NO_LIMIT);
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

    private Learning learning(Learning base) {
        int limit = (int) port.integer("mac-limit", 1, 1 << 24, base.limit());
        boolean drop =
                port.parsed("beyond-mac-limit", "drop", PolicyReader::isDrop)
                        .orElse(base.dropBeyond());
        return new Learning(limit, drop, port.bool("sticky-macs", base.sticky()));
    }

    private static boolean isDrop(String text) {
        return switch (text) {
            case "drop" -> true;
            case "flood" -> false;
            default ->
                    throw new IllegalArgumentException("'" + text + "' is neither drop nor flood");
        };
    }

    static long mac(String text) {
        long mac = Mac.parse(text);
        if (!Ethernet.isStation(mac)) {
            throw new IllegalArgumentException("'" + text + "' is no station's address");
        }
        return mac;
    }
}
