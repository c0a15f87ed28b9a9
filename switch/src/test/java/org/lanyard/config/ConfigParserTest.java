package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigParserTest {
    private static final PortConfig GUESTS =
            new PortConfig("guests", new PortKind.StreamListen("unix:guests.sock"));

    private static SwitchConfig parse(String toml) throws ConfigException {
        return ConfigParser.parse("lab.toml", toml);
    }

    private static PortKind.Tap tap(String name, int mtu, String... addresses)
            throws UnknownHostException {
        PortKind.Address[] parsed = new PortKind.Address[addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            String[] parts = addresses[i].split("/");
            InetAddress ip = InetAddress.getByName(parts[0]);
            parsed[i] = new PortKind.Address(ip, Integer.parseInt(parts[1]));
        }
        return new PortKind.Tap(name, List.of(parsed), mtu);
    }

    @Test
    void shouldReadEveryKey() throws Exception {
        SwitchConfig config =
                parse(
                        """
                        [switch]
                        name = "lab"
                        mac-ageing = "10m"
                        mac-table-size = 1024
                        workers = 2
                        max-ports = 64
                        port-backlog = "512KiB"
                        backlog-memory = 67108864

                        [ports.web]
                        stream = { listen = "unix:web.sock" }

                        [ports.tcp]
                        stream = { listen = "tcp:[::1]:5555" }

                        [ports.peer]
                        stream = { connect = "unix:/run/other/guests.sock" }

                        [ports.host]
                        tap = { name = "lan0", address = ["10.0.0.1/24", "fd00::1/64"], mtu = 9000 }
                        """);
        assertEquals(
                new SwitchConfig(
                        "lab",
                        Duration.ofMinutes(10),
                        1024,
                        10,
                        2,
                        64,
                        512 << 10,
                        64L << 20,
                        ControlConfig.OWNER_ONLY,
                        List.of(
                                new PortConfig("web", new PortKind.StreamListen("unix:web.sock")),
                                new PortConfig("tcp", new PortKind.StreamListen("tcp:[::1]:5555")),
                                new PortConfig(
                                        "peer",
                                        new PortKind.StreamConnect("unix:/run/other/guests.sock")),
                                new PortConfig(
                                        "host", tap("lan0", 9000, "10.0.0.1/24", "fd00::1/64")))),
                config);
    }

    @Test
    void shouldHaveOnePortForGuestsWithoutAFile() {
        assertEquals(
                new SwitchConfig(
                        "lan0",
                        Duration.ofSeconds(300),
                        8192,
                        10,
                        1,
                        4096,
                        4 << 20,
                        256L << 20,
                        ControlConfig.OWNER_ONLY,
                        List.of(GUESTS)),
                SwitchConfig.withoutFile());
    }

    @ParameterizedTest
    @CsvSource({"''", "# nothing", "[switch]", "[ports]"})
    void shouldTakeTheSameDefaultsFromAFileThatSaysNothing(String toml) throws Exception {
        assertEquals(SwitchConfig.withoutFile(), parse(toml));
    }

    @Test
    void shouldKeepTheGuestsPortWhenAFileOnlyNamesTheSwitch() throws Exception {
        assertEquals(
                SwitchConfig.withoutFile().withName("lab"), parse("[switch]\nname = \"lab\"\n"));
    }

    @Test
    void shouldHaveOnlyThePortsThatTheFileNames() throws Exception {
        SwitchConfig config = parse("[ports.host]\ntap = { name = \"lan0\" }\n");
        assertEquals(List.of(new PortConfig("host", tap("lan0", 0))), config.ports());
    }

    @Test
    void shouldUnderstandEveryWayInWhichTomlWritesATable() throws Exception {
        SwitchConfig inline = parse("[ports]\nweb = { stream = { listen = \"unix:a\" } }\n");
        assertEquals(inline, parse("[ports.web.stream]\nlisten = \"unix:a\"\n"));
        assertEquals(inline, parse("ports.web.stream.listen = \"unix:a\"\n"));
        assertEquals(inline, parse("[ports]\nweb.stream.listen = 'unix:a'\n"));
    }

    @Test
    void shouldKeepThePortsInTheFilesOrder() throws Exception {
        SwitchConfig config =
                parse(
                        """
                        [ports.zebra]
                        stream = { listen = "unix:z" }
                        [ports.ant]
                        stream = { listen = "unix:a" }
                        """);
        assertEquals(
                List.of("zebra", "ant"), config.ports().stream().map(PortConfig::name).toList());
    }

    @Test
    void shouldLetTheKernelChooseSeveralTcpPorts() throws Exception {
        SwitchConfig config =
                parse(
                        """
                        [ports.a]
                        stream = { listen = "tcp:127.0.0.1:0" }
                        [ports.b]
                        stream = { listen = "tcp:127.0.0.1:0" }
                        """);
        assertEquals(2, config.ports().size());
    }

    @Test
    void shouldNotMindAByteOrderMark() throws Exception {
        assertEquals("lab", parse("\ufeff[switch]\nname = \"lab\"\n").name());
    }

    @Test
    void shouldNotMindTheLineEndsOfOtherSystems() throws Exception {
        assertEquals("lab", parse("[switch]\r\nname = \"lab\"\r\n").name());
    }

    @Test
    void shouldReadAFile(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("b\u00fcro.toml");
        Files.writeString(file, "[switch]\nname = \"lab\" # B\u00fcro\n");
        assertEquals("lab", ConfigParser.parse(file).name());
    }

    @ParameterizedTest
    @CsvSource({
        "1500ms, PT1.5S",
        "1s, PT1S",
        "300s, PT5M",
        "5m, PT5M",
        "2h, PT2H",
        "1000000s, PT1000000S"
    })
    void shouldReadDurations(String written, Duration meant) throws Exception {
        SwitchConfig config = parse("[switch]\nmac-ageing = \"" + written + "\"\n");
        assertEquals(meant, config.macAgeing());
    }

    @ParameterizedTest
    @CsvSource({
        "'\"262144B\"', 262144",
        "'\"128KiB\"', 131072",
        "'\"1MiB\"', 1048576",
        "'\"1GiB\"', 1073741824",
        "524_288, 524288"
    })
    void shouldReadSizes(String written, int meant) throws Exception {
        assertEquals(meant, parse("[switch]\nport-backlog = " + written + "\n").portBacklog());
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "1023, 1023B", "131072, 128KiB", "1572864, 1536KiB", "4194304, 4MiB"})
    void shouldWriteSizesAsPeopleDo(long bytes, String written) {
        assertEquals(written, Quantities.formatBytes(bytes));
        assertEquals(bytes, Quantities.bytes(written));
    }

    @Test
    void shouldKnowAUserPortAsQemuKnowsIt() throws Exception {
        PortKind.User plain = (PortKind.User) parse("[ports.out]\nuser = {}").ports().get(0).kind();
        assertEquals(
                List.of(
                        "network=10.0.2.0/24",
                        "host=10.0.2.2",
                        "dns=10.0.2.3",
                        "dhcp-start=10.0.2.15",
                        "restrict=false",
                        "ipv6=true"),
                plain.network().words(),
                "whether the host's loopback is reached depends on who may be a guest");
        assertEquals(List.of(), plain.forwards());
        // net/slirp.c takes the third byte of its defaults too where the network has room for it.
        PortKind.User wide =
                (PortKind.User)
                        parse("[ports.out]\nuser = { network = '172.16.9.9/16' }")
                                .ports()
                                .get(0)
                                .kind();
        assertEquals("172.16.0.0/16", wide.network().cidr());
        assertEquals("172.16.2.2", wide.network().host().getHostAddress());
        assertEquals("172.16.2.15", wide.network().dhcpStart().getHostAddress());
    }
}
