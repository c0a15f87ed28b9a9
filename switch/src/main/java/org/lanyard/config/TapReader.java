package org.lanyard.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lanyard.tapio.Tap;

/** Reads the kinds of port that are an interface of the kernel's. */
final class TapReader {
    static final String TAP_EXAMPLE = "{ name = \"lan0\" }";
    static final String BRIDGE_EXAMPLE = "{ name = \"br0\" }";
    static final String PACKET_EXAMPLE = "{ interface = \"eth0\" }";

    private static final int LARGEST_MTU = 65_521;
    private static final int SMALLEST_MTU = 68;
    static final Pattern INTERFACE =
            Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9_.-]{1," + Tap.MAX_NAME + "}");

    private final String port;
    private final TableReader table;
    private final Conflicts conflicts;

    /**
     * @param port whose kind it is
     */
    TapReader(String port, TableReader table, Conflicts conflicts) {
        this.port = port;
        this.table = table;
        this.conflicts = conflicts;
    }

    Optional<PortKind> tap() {
        Optional<String> name = table.parsed("name", "lan0", TapReader::checkInterface);
        List<PortKind.Address> addresses =
                table.list("address", "10.0.0.1/24", Quantities::address);
        int mtu = (int) table.integer("mtu", SMALLEST_MTU, LARGEST_MTU, 0);
        boolean offload = table.bool("offload", true);
        Gateway gateway = new GatewayReader(table, addresses).read();
        expect("tap", "name", TAP_EXAMPLE);
        name.ifPresent(interfaceName -> conflicts.tap(port, interfaceName, table));
        return name.map(n -> new PortKind.Tap(n, addresses, mtu, offload, gateway));
    }

    Optional<PortKind> bridge() {
        Optional<String> name = table.parsed("name", "br0", TapReader::checkInterface);
        Optional<String> helper =
                table.parsed(
                        "helper", "/usr/lib/qemu/qemu-bridge-helper", Quantities::absolutePath);
        expect("bridge", "name", BRIDGE_EXAMPLE);
        name.ifPresent(interfaceName -> conflicts.bridge(port, interfaceName, table));
        return name.map(n -> new PortKind.Bridge(n, helper));
    }

    Optional<PortKind> packet() {
        Optional<String> name = table.parsed("interface", "eth0", TapReader::checkInterface);
        expect("packet", "interface", PACKET_EXAMPLE);
        name.ifPresent(interfaceName -> conflicts.packet(port, interfaceName, table));
        return name.map(PortKind.Packet::new);
    }

    private void expect(String kind, String key, String example) {
        boolean misspelt = table.rejectUnknown();
        if (!table.has(key) && !misspelt) {
            String article = key.startsWith("i") ? " needs an " : " needs a ";
            table.missing(key, kind + article + key + ", such as " + example);
        }
    }

    private static String checkInterface(String name) {
        if (!INTERFACE.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'"
                            + name
                            + "' is no interface name: 1 to "
                            + Tap.MAX_NAME
                            + " letters, digits, '_', '.' or '-'");
        }
        return name;
    }
}
