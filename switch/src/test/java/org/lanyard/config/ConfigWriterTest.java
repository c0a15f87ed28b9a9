package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.Impairment;
import org.lanyard.policy.Learning;
import org.lanyard.policy.Limits;
import org.lanyard.policy.Mirror;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;

/** What is written is what is read, and says every default. */
final class ConfigWriterTest {
    private static final Path EXAMPLES = Path.of("..", "conf");

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(f -> f.toString().endsWith(".toml")).sorted().toList().stream();
        }
    }

    private static void assertSurvives(SwitchConfig config) throws ConfigException {
        String text = ConfigWriter.write(config);
        assertEquals(config, ConfigParser.parse("written", text), text);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void shouldWriteTheExamplesSoThatTheyMeanTheSame(Path file) throws Exception {
        assertSurvives(ConfigParser.parse(file));
    }

    @Test
    void shouldTellTheDefaults() {
        assertEquals(
                """
                [switch]
                name = "lan0"
                mac-ageing = "300s"
                mac-table-size = 8192
                mac-moves = 10
                workers = 1
                max-ports = 4096
                port-backlog = "4MiB"
                backlog-memory = "256MiB"

                [ports.guests]
                stream = { listen = "unix:guests.sock" }
                isolated = false
                transparent = false
                flood = { unknown = true, multicast = true, broadcast = true }
                beyond-mac-limit = "flood"
                sticky-macs = false
                """,
                ConfigWriter.write(SwitchConfig.withoutFile()));
    }

    @Test
    void shouldQuoteWhatTomlWouldMisread() throws Exception {
        PortKind odd = new PortKind.StreamListen("unix:a \"quoted\" \\ path.sock");
        assertSurvives(
                SwitchConfig.withoutFile()
                        .withPorts(
                                List.of(
                                        new PortConfig("a.b", odd),
                                        new PortConfig(
                                                "7", new PortKind.Tap("t0", List.of(), 0)))));
    }

    /** One that an address can be in at the port, unsaid where that is possible. */
    private static int vlanOf(PortPolicy policy, Random random) {
        Vlans vlans = policy.vlans().orElse(Vlans.DEFAULT);
        if (vlans.pvid() != Vlans.NONE && random.nextBoolean()) {
            return Vlans.NONE;
        }
        return vlans.mode() == Vlans.Mode.TRUNK ? vlans.tagged().nextSetBit(0) : vlans.pvid();
    }

    @Test
    void shouldWriteWhoMayConnect() throws Exception {
        for (String[] pair :
                new String[][] {
                    {"group = \"kvm\"", "group = \"kvm\", mode = \"0660\""},
                    {"mode = \"0606\"", "mode = \"0606\""},
                    {"group = \"7\", mode = \"0666\"", "group = \"7\", mode = \"0666\""}
                }) {
            String port = "[ports.a]\nstream = { listen = \"unix:a\", ";
            SwitchConfig config = ConfigParser.parse("written", port + pair[0] + " }");
            assertTrue(ConfigWriter.write(config).contains(port + pair[1] + " }\n"));
            assertSurvives(config);
        }
    }

    @Test
    void shouldWriteAUserPortWithEverythingItSays() throws Exception {
        String written =
                """
                user = { network = "10.9.0.0/16", host = "10.9.0.1", dns = "10.9.0.2", \
                dhcp-start = "10.9.1.1", hostfwd = ["tcp::2222-:22", "udp:127.0.0.1:53-10.9.0.9:53"], \
                tftp = "/srv/a \\"b\\"", bootfile = "pxelinux.0", smb = "/srv/c", \
                smb-server = "10.9.2.4", restrict = true, ipv6 = false, \
                host-loopback = false, hairpin = false }
                """;
        SwitchConfig config = ConfigParser.parse("written", "[ports.out]\n" + written);
        assertEquals(written.strip(), ConfigWriter.write(config).lines().toList().get(11));
        assertSurvives(config);
    }

    @Test
    void shouldWriteAnyPolicy() throws Exception {
        for (SwitchConfig config : anyConfigs(500)) {
            assertSurvives(config);
        }
    }

    /** So many that have nothing in common but their seed. */
    static List<SwitchConfig> anyConfigs(int number) {
        Random random = new Random(5);
        List<SwitchConfig> configs = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            List<PortConfig> ports = new ArrayList<>();
            for (int p = 0; p < 3; p++) {
                PortKind kind = new PortKind.StreamListen("unix:p" + p + ".sock");
                PortPolicy policy = policy(random);
                int vlan = vlanOf(policy, random);
                List<StaticMac> macs =
                        random.nextBoolean() || vlan < 0
                                ? List.of()
                                : List.of(new StaticMac(0x5254_0000_0001L + p, vlan));
                ports.add(
                        new PortConfig(
                                "p" + p,
                                kind,
                                policy,
                                policy.mirror().isPresent() ? List.of() : macs));
            }
            ControlConfig control =
                    new ControlConfig(
                            Optional.of("kvm").filter(group -> random.nextBoolean()),
                            Optional.of("4711").filter(group -> random.nextBoolean()));
            configs.add(SwitchConfig.withoutFile().withPorts(ports).withControl(control));
        }
        return configs;
    }

    private static PortPolicy policy(Random random) {
        PortPolicy policy =
                PortPolicy.NONE
                        .withIsolated(random.nextBoolean())
                        .withTransparent(random.nextBoolean())
                        .withAllowedMacs(random.nextBoolean() ? List.of() : List.of(1L, 2L))
                        .with(
                                new Flooding(
                                        random.nextBoolean(),
                                        random.nextBoolean(),
                                        random.nextBoolean()))
                        .with(
                                new Learning(
                                        random.nextBoolean() ? Learning.FREE.limit() : 5,
                                        random.nextBoolean(),
                                        random.nextBoolean()))
                        .with(
                                new Limits(
                                        random.nextInt(3) * 1_500_000L,
                                        random.nextInt(3) * 1_000_000_000L,
                                        random.nextBoolean() ? Limits.DEFAULT_BURST : 100_000,
                                        random.nextInt(3),
                                        random.nextInt(3),
                                        random.nextInt(3)));
        policy = random.nextBoolean() ? policy : policy.with(vlans(random));
        policy = random.nextInt(4) > 0 ? policy : policy.with(mirror(random));
        Impairment one = impairment(random);
        return policy.withWire(one, random.nextBoolean() ? one : impairment(random));
    }

    private static Vlans vlans(Random random) {
        int number = 1 + random.nextInt(4094);
        BitSet tagged = random.nextInt(4) == 0 ? Vlans.all() : new BitSet();
        for (int i = random.nextInt(20); i >= 0; i--) {
            tagged.set(1 + random.nextInt(4094));
        }
        Vlans.Admit admit = Vlans.Admit.values()[random.nextInt(3)];
        boolean nested = random.nextBoolean();
        return switch (random.nextInt(3)) {
            case 0 -> Vlans.access(number).admitting(admit).withNestedTags(nested);
            case 1 -> Vlans.tunnel(number);
            default ->
                    Vlans.trunk(
                                    random.nextBoolean() ? number : Vlans.NONE,
                                    tagged,
                                    random.nextBoolean() ? Vlans.CUSTOMER_TAG : Vlans.SERVICE_TAG)
                            .admitting(admit)
                            .withNestedTags(nested);
        };
    }

    private static Mirror mirror(Random random) {
        BitSet vlans = new BitSet();
        vlans.set(10, 10 + random.nextInt(5));
        int direction = random.nextInt(3);
        return new Mirror(
                random.nextBoolean() ? Set.of() : Set.of("p0", "p1"),
                vlans,
                direction != 0,
                direction != 1,
                random.nextBoolean() ? Mirror.WHOLE : 128);
    }

    private static Impairment impairment(Random random) {
        if (random.nextInt(3) == 0) {
            return Impairment.NONE;
        }
        long delay = 1_000L * (1 + random.nextInt(2_000_000));
        return new Impairment(
                random.nextInt(100_001) / 100_000.0,
                random.nextInt(101) / 100.0,
                random.nextInt(1_001) / 1_000.0,
                random.nextInt(101) / 100.0,
                delay,
                delay / 4 / 1_000 * 1_000,
                random.nextInt(3) * 512_000L,
                random.nextBoolean() ? Impairment.DEFAULT_QUEUE : 100_001,
                random.nextInt(100));
    }
}
