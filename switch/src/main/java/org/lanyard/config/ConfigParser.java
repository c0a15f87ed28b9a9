package org.lanyard.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.lanyard.policy.PortPolicy;
import org.lanyard.tapio.Endpoint;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Turns a TOML file into a {@link SwitchConfig}, or tells all that is wrong with it. */
public final class ConfigParser {
    static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.:%-]+");
    private static final Pattern BARE_WORD =
            Pattern.compile("Unexpected '\\p{L}.*expected a value.*");

    /** Some editors begin a file with it. */
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private static final Set<String> KINDS =
            new LinkedHashSet<>(List.of("stream", "tap", "user", "bridge", "packet", "macvtap"));

    /** Kinds that the interface names and that this version has not. */
    private static final Set<String> LATER_KINDS =
            Set.of("dgram", "mcast", "vde", "vhost-user", "vxlan");

    private static final String USER_EXAMPLE = "{ hostfwd = [\"tcp:127.0.0.1:2222-:22\"] }";

    private static final String SETTINGS = "settings";

    private final String file;
    private final List<ConfigError> errors = new ArrayList<>();
    private final Conflicts conflicts = new Conflicts();

    /** What the configuration has to find room in; null where that is not asked. */
    private final MemoryNeeds.Room room;

    private ConfigParser(String file) {
        this(file, null);
    }

    private ConfigParser(String file, MemoryNeeds.Room room) {
        this.file = file;
        this.room = room;
    }

    /**
     * What a file says, for a switch that this process runs or starts.
     *
     * @throws IOException when the file can't be read
     * @throws ConfigException with every error of the file; that it needs more memory than there is
     *     is one
     */
    public static SwitchConfig parse(Path file) throws IOException, ConfigException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer unread = ByteBuffer.wrap(bytes);
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(unread).toString();
            return parse(file.toString(), text, MemoryNeeds.Room.here());
        } catch (CharacterCodingException e) {
            int at = unread.position();
            int line = 1;
            int column = 1;
            for (int i = 0; i < at; i++) {
                column = bytes[i] == '\n' ? 1 : column + 1;
                line += bytes[i] == '\n' ? 1 : 0;
            }
            String message = "not UTF-8 text, which TOML is";
            throw new ConfigException(
                    List.of(new ConfigError(file.toString(), line, column, message)));
        }
    }

    /**
     * What a text says, whether there is memory for it here or not.
     *
     * @param file the name that errors show
     */
    public static SwitchConfig parse(String file, String text) throws ConfigException {
        return new ConfigParser(file).parse(text);
    }

    static SwitchConfig parse(String file, String text, MemoryNeeds.Room room)
            throws ConfigException {
        return new ConfigParser(file, room).parse(text);
    }

    /**
     * What a running port is to be from now on: of its kind, only a stream's and a user port's can
     * change.
     *
     * @param text lines as in a port's table: what they name is set
     * @param unset keys whose settings are taken back first
     * @param ports the names of all
     * @throws ConfigException with lines of the text, or 0 for what is not about one of them
     */
    public static PortConfig change(
            PortConfig port, String text, List<String> unset, List<String> ports)
            throws ConfigException {
        ConfigParser parser = new ConfigParser(SETTINGS);
        TableReader root = parser.root(text);
        PortPolicy base = port.policy();
        for (String key : unset) {
            try {
                base = PolicyReader.without(base, key);
            } catch (IllegalArgumentException e) {
                parser.errors.add(new ConfigError(SETTINGS, 0, 1, e.getMessage()));
            }
        }
        PortKind kind = port.kind();
        if (kind instanceof PortKind.User && root.has("user")) {
            kind =
                    root.table("user", USER_EXAMPLE)
                            .<PortKind>map(
                                    table ->
                                            new UserReader(table)
                                                    .read(port.name(), parser.conflicts))
                            .orElse(kind);
        }
        if (isStream(kind) && root.has("stream")) {
            kind =
                    root.table("stream", StreamReader.EXAMPLE)
                            .flatMap(table -> parser.stream(port.name(), root, table).read())
                            .orElse(kind);
            if (!isSameEnd(kind, port.kind())) {
                root.error(
                        "stream",
                        "'stream' of a port that is there can't listen or connect elsewhere, for"
                                + " its guests would have to go; see port remove, port add");
            }
        }
        PolicyReader reader = new PolicyReader(root, ports);
        PortPolicy policy = reader.read(base);
        if (!policy.vlans().equals(port.policy().vlans())) {
            reader.check(port.staticMacs(), policy, "vlan");
        }
        root.rejectUnknown();
        parser.endWithoutErrors();
        return new PortConfig(port.name(), kind, policy, port.staticMacs());
    }

    private static boolean isStream(PortKind kind) {
        return kind instanceof PortKind.StreamListen || kind instanceof PortKind.StreamConnect;
    }

    private static boolean isSameEnd(PortKind kind, PortKind other) {
        if (kind instanceof PortKind.StreamListen one
                && other instanceof PortKind.StreamListen two) {
            return one.endpoint().equals(two.endpoint());
        }
        return kind instanceof PortKind.StreamConnect one
                && other instanceof PortKind.StreamConnect two
                && one.endpoint().equals(two.endpoint());
    }

    /**
     * A configuration with one port more.
     *
     * @param text lines as in a port's table
     * @throws ConfigException with lines of the text, or 0 for what is not about one of them
     */
    public static SwitchConfig add(SwitchConfig config, String port, String text)
            throws ConfigException {
        String headline = "[" + Toml.joinKeyPath(List.of("ports", port)) + "]";
        String before = ConfigWriter.write(config) + headline + "\n";
        int linesBefore = (int) before.lines().count();
        SwitchConfig all;
        try {
            all = parse(SETTINGS, before + text + "\n");
        } catch (ConfigException e) {
            throw new ConfigException(
                    e.errors().stream().map(error -> error.linesUp(linesBefore)).toList());
        }
        List<PortConfig> ports = new ArrayList<>(config.ports());
        all.ports().stream().filter(p -> p.name().equals(port)).forEach(ports::add);
        boolean saysMore = all.ports().size() > ports.size();
        if (saysMore || !all.control().equals(config.control())) {
            String message = "only what port '" + port + "' does can be said here: no other tables";
            throw new ConfigException(List.of(new ConfigError(SETTINGS, 0, 1, message)));
        }
        return config.withPorts(ports);
    }

    private TableReader root(String text) throws ConfigException {
        TomlParseResult result =
                Toml.parse(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
        for (TomlParseError error : result.errors()) {
            int line = error.position().line();
            int column = error.position().column();
            errors.add(new ConfigError(file, line, column, readable(error.getMessage())));
        }
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
        return new TableReader(file, result, null, errors);
    }

    private void endWithoutErrors() throws ConfigException {
        if (!errors.isEmpty()) {
            errors.sort(
                    Comparator.comparingInt(ConfigError::line)
                            .thenComparingInt(ConfigError::column));
            throw new ConfigException(errors);
        }
    }

    private SwitchConfig parse(String text) throws ConfigException {
        TableReader root = root(text);
        List<PortConfig> ports =
                root.table("ports", "[ports.web]").map(this::ports).orElse(List.of());
        ControlConfig control =
                root.table("control", "[control]")
                        .map(ControlReader::read)
                        .orElse(ControlConfig.OWNER_ONLY);
        SwitchConfig config =
                switchTable(
                        root.table("switch", "[switch]").orElse(root.empty()),
                        control,
                        ports.isEmpty() ? SwitchConfig.withoutFile().ports() : ports);
        root.rejectUnknown();
        endWithoutErrors();
        return config;
    }

    /** tomlj tells which token it met; people want to know what to write. */
    private static String readable(String message) {
        if (message.startsWith("Unexpected end of line, expected \"")) {
            return "the text in quotes does not end on its line";
        }
        String sentence = message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
        return BARE_WORD.matcher(message).matches()
                ? sentence + " (text is written in quotes)"
                : sentence;
    }

    private SwitchConfig switchTable(
            TableReader table, ControlConfig control, List<PortConfig> ports) {
        SwitchConfig defaults = SwitchConfig.withoutFile();
        String name = table.parsed("name", "lab", ConfigParser::checkName).orElse(defaults.name());
        Duration ageing =
                table.parsed("mac-ageing", "300s", ConfigParser::ageing)
                        .orElse(defaults.macAgeing());
        SwitchConfig config =
                new SwitchConfig(
                        name,
                        ageing,
                        (int) table.integer("mac-table-size", 1, 1 << 24, defaults.macTableSize()),
                        (int) table.integer("mac-moves", 1, 1_000_000, defaults.macMoves()),
                        (int)
                                table.integer(
                                        "workers", 1, SwitchConfig.MAX_WORKERS, defaults.workers()),
                        (int) table.integer("max-ports", 2, 16_384, defaults.maxPorts()),
                        (int)
                                table.bytes(
                                        "port-backlog", 128 << 10, 1 << 30, defaults.portBacklog()),
                        table.bytes("backlog-memory", 0, 1L << 40, defaults.backlogMemory()),
                        control,
                        ports);
        table.rejectUnknown();
        if (room != null) {
            MemoryNeeds.of(config)
                    .refusal(room, table::has)
                    .ifPresent(refusal -> table.error(refusal.key(), refusal.why()));
        }
        return config;
    }

    /** What a file may say, as JSON Schema: conf/lanyard.schema.json. */
    public static String schema() throws IOException {
        try (InputStream in = ConfigParser.class.getResourceAsStream("lanyard.schema.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
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
            throw new IllegalArgumentException("'" + text + "' is not from 1s to 1000000s");
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
            String example = "[ports." + name + "]";
            table.table(name, example)
                    .flatMap(port -> port(table, name, port))
                    .ifPresent(ports::add);
        }
        return ports;
    }

    private Optional<PortConfig> port(TableReader ports, String name, TableReader port) {
        List<String> kinds = new ArrayList<>();
        for (String key : port.keys()) {
            if (KINDS.contains(key) || LATER_KINDS.contains(key)) {
                kinds.add(key);
            }
            if (LATER_KINDS.contains(key)) {
                port.error(key, "'" + key + "' is not supported by this version yet");
                port.expect(List.of(key));
            }
        }
        Optional<PortKind> kind = Optional.empty();
        if (kinds.size() == 1) {
            kind =
                    switch (kinds.get(0)) {
                        case "stream" ->
                                port.table("stream", StreamReader.EXAMPLE)
                                        .flatMap(t -> stream(name, port, t).read());
                        case "tap" ->
                                port.table("tap", TapReader.TAP_EXAMPLE)
                                        .flatMap(t -> new TapReader(name, t, conflicts).tap());
                        case "bridge" ->
                                port.table("bridge", TapReader.BRIDGE_EXAMPLE)
                                        .flatMap(t -> new TapReader(name, t, conflicts).bridge());
                        case "packet" ->
                                port.table("packet", TapReader.PACKET_EXAMPLE)
                                        .flatMap(t -> new TapReader(name, t, conflicts).packet());
                        case "macvtap" ->
                                port.table("macvtap", TapReader.MACVTAP_EXAMPLE)
                                        .flatMap(t -> new TapReader(name, t, conflicts).macvtap());
                        case "user" ->
                                port.table("user", USER_EXAMPLE)
                                        .map(table -> new UserReader(table).read(name, conflicts));
                        default -> Optional.empty();
                    };
        }
        PolicyReader reader = new PolicyReader(port, ports.keys());
        PortPolicy policy = reader.read(PortPolicy.NONE);
        List<StaticMac> staticMacs = reader.staticMacs();
        reader.check(staticMacs, policy, "static-macs");
        if (policy.mirror().isPresent() && !staticMacs.isEmpty()) {
            port.error("static-macs", "static-macs: nobody is behind a mirror, it gets copies");
        }
        port.expect(KINDS);
        boolean misspelt = port.rejectUnknown(LATER_KINDS);
        if (kinds.size() > 1) {
            ports.error(name, "port '" + name + "' has more than one kind: " + list(kinds));
        } else if (kinds.isEmpty() && !misspelt) {
            ports.error(name, "port '" + name + "' has no kind (one of " + list(KINDS) + ")");
        }
        return kind.map(k -> new PortConfig(name, k, policy, staticMacs));
    }

    private static String list(Iterable<String> words) {
        return String.join(", ", words);
    }

    private StreamReader stream(String name, TableReader owner, TableReader table) {
        return new StreamReader(name, owner, table, conflicts);
    }

    static String checkEndpoint(String text) {
        Endpoint endpoint = Endpoint.parse(text, Path.of(""));
        if (endpoint instanceof Endpoint.Tcp tcp && !HOST.matcher(tcp.host()).matches()) {
            throw new IllegalArgumentException("'" + text + "': '" + tcp.host() + "' is no host");
        }
        return text;
    }

    static String checkPeer(String text) {
        checkEndpoint(text);
        if (Endpoint.parse(text, Path.of("")) instanceof Endpoint.Tcp tcp && tcp.port() == 0) {
            throw new IllegalArgumentException(
                    "'" + text + "': nobody can be reached at port 0; it is for listening");
        }
        return text;
    }
}
