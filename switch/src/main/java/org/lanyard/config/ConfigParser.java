package org.lanyard.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.Tap;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/** Turns a TOML file into a {@link SwitchConfig}, or tells all that is wrong with it. */
public final class ConfigParser {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
    private static final int LARGEST_TAP_MTU = 65_521;
    private static final int SMALLEST_MTU = 68;
    private static final Set<String> KINDS = new LinkedHashSet<>(List.of("stream", "tap"));

    /** Kinds that the interface names and that this version has not. */
    private static final Set<String> LATER_KINDS =
            Set.of(
                    "dgram",
                    "mcast",
                    "vde",
                    "vhost-user",
                    "macvtap",
                    "packet",
                    "bridge",
                    "user",
                    "vxlan");

    private static final Set<String> LATER_KEYS = Set.of("vlan", "isolated");

    private final String file;
    private final List<ConfigError> errors = new ArrayList<>();

    private ConfigParser(String file) {
        this.file = file;
    }

    /**
     * @throws IOException when the file can't be read
     * @throws ConfigException with every error of the file
     */
    public static SwitchConfig parse(Path file) throws IOException, ConfigException {
        return parse(file.toString(), Files.readString(file));
    }

    /**
     * @param file the name that errors show
     */
    public static SwitchConfig parse(String file, String text) throws ConfigException {
        return new ConfigParser(file).parse(text);
    }

    private SwitchConfig parse(String text) throws ConfigException {
        TomlParseResult result = Toml.parse(text);
        result.errors()
                .forEach(
                        e ->
                                errors.add(
                                        new ConfigError(
                                                file,
                                                e.position().line(),
                                                e.position().column(),
                                                e.getMessage())));
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
        TableReader root = new TableReader(file, result, null, errors);
        Optional<TableReader> ports = root.table("ports");
        SwitchConfig config =
                switchTable(root.table("switch"), ports.map(this::ports).orElse(List.of()));
        root.rejectUnknown();
        if (!errors.isEmpty()) {
            errors.sort(
                    Comparator.comparingInt(ConfigError::line)
                            .thenComparingInt(ConfigError::column));
            throw new ConfigException(errors);
        }
        return config;
    }

    private SwitchConfig switchTable(Optional<TableReader> written, List<PortConfig> ports) {
        SwitchConfig defaults = SwitchConfig.withoutFile();
        List<PortConfig> used = ports.isEmpty() ? defaults.ports() : ports;
        if (written.isEmpty()) {
            return new SwitchConfig(
                    defaults.name(),
                    defaults.macAgeing(),
                    defaults.macTableSize(),
                    defaults.workers(),
                    defaults.maxPorts(),
                    defaults.portBacklog(),
                    defaults.backlogMemory(),
                    used);
        }
        TableReader table = written.get();
        String name = table.parsed("name", ConfigParser::checkName).orElse(defaults.name());
        Duration ageing =
                table.parsed("mac-ageing", ConfigParser::ageing).orElse(defaults.macAgeing());
        SwitchConfig config =
                new SwitchConfig(
                        name,
                        ageing,
                        (int) table.integer("mac-table-size", 1, 1 << 24, defaults.macTableSize()),
                        (int)
                                table.integer(
                                        "workers", 1, SwitchConfig.MAX_WORKERS, defaults.workers()),
                        (int) table.integer("max-ports", 2, 16_384, defaults.maxPorts()),
                        (int)
                                table.bytes(
                                        "port-backlog", 128 << 10, 1 << 30, defaults.portBacklog()),
                        table.bytes("backlog-memory", 0, 1L << 40, defaults.backlogMemory()),
                        used);
        table.rejectUnknown();
        return config;
    }

    /** Names of switches and ports: they become directories and command-line words. */
    public static String checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'"
                            + name
                            + "' is no name: 1 to 63 letters, digits, '_', '.' or '-', the first a"
                            + " letter or digit");
        }
        return name;
    }

    private static Duration ageing(String text) {
        Duration ageing = Quantities.duration(text);
        if (ageing.toSeconds() < 1 || ageing.toSeconds() > 1_000_000) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not from 1s to 1000000s (IEEE 802.1Q-2022, table 8-6)");
        }
        return ageing;
    }

    private List<PortConfig> ports(TableReader table) {
        List<PortConfig> ports = new ArrayList<>();
        for (String name : table.keys()) {
            try {
                checkName(name);
            } catch (IllegalArgumentException e) {
                table.error(name, e.getMessage());
            }
            table.table(name).flatMap(port -> port(table, name, port)).ifPresent(ports::add);
        }
        return ports;
    }

    private Optional<PortConfig> port(TableReader ports, String name, TableReader port) {
        List<String> kinds = new ArrayList<>();
        for (String key : port.keys()) {
            if (KINDS.contains(key) || LATER_KINDS.contains(key)) {
                kinds.add(key);
            }
            if (LATER_KINDS.contains(key) || LATER_KEYS.contains(key)) {
                port.error(key, "'" + key + "' is not supported by this version yet");
                port.expect(List.of(key));
            }
        }
        Optional<PortKind> kind = Optional.empty();
        if (kinds.size() == 1) {
            kind =
                    switch (kinds.get(0)) {
                        case "stream" -> port.table("stream").flatMap(t -> stream(port, t));
                        case "tap" -> port.table("tap").flatMap(this::tap);
                        default -> Optional.empty();
                    };
        } else {
            ports.error(
                    name,
                    kinds.isEmpty()
                            ? "port '" + name + "' has no kind (one of " + list(KINDS) + ")"
                            : "port '" + name + "' has more than one kind: " + list(kinds));
        }
        port.expect(KINDS);
        port.rejectUnknown();
        return kind.map(k -> new PortConfig(name, k));
    }

    private static String list(Iterable<String> words) {
        return String.join(", ", words);
    }

    private Optional<PortKind> stream(TableReader port, TableReader table) {
        Optional<String> listen = table.parsed("listen", ConfigParser::checkEndpoint);
        Optional<String> connect = table.parsed("connect", ConfigParser::checkEndpoint);
        boolean one = table.has("listen") != table.has("connect");
        table.rejectUnknown();
        if (!one) {
            port.error("stream", "stream has exactly one of listen and connect");
            return Optional.empty();
        }
        Optional<PortKind> listening = listen.map(PortKind.StreamListen::new);
        return listening.or(() -> connect.map(PortKind.StreamConnect::new));
    }

    private static String checkEndpoint(String text) {
        Endpoint.parse(text, Path.of(""));
        return text;
    }

    private Optional<PortKind> tap(TableReader table) {
        Optional<String> name = table.parsed("name", ConfigParser::checkTapName);
        List<PortKind.Address> addresses = table.list("address", Quantities::address);
        int mtu = (int) table.integer("mtu", SMALLEST_MTU, LARGEST_TAP_MTU, 0);
        if (!table.has("name")) {
            table.missing("name", "tap needs a name, such as { name = \"lan0\" }");
        }
        table.rejectUnknown();
        return name.map(n -> new PortKind.Tap(n, addresses, mtu));
    }

    private static String checkTapName(String name) {
        if (!name.matches("[A-Za-z0-9_.-]{1," + Tap.MAX_NAME + "}")
                || name.equals(".")
                || name.equals("..")) {
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
