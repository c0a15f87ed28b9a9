package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.Impairment;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;

final class PolicyReaderTest {
    private static PortPolicy read(String lines) throws ConfigException {
        String toml = "[ports.web]\nstream = { listen = \"unix:web.sock\" }\n" + lines + "\n";
        return ConfigParser.parse("lab.toml", toml).ports().get(0).policy();
    }

    @Test
    void shouldHaveNoneWhereTheFileSaysNothingNew() throws Exception {
        assertEquals(PortPolicy.NONE, read(""));
        assertEquals(PortPolicy.NONE, read("isolated = false\nflood = { }"));
    }

    @Test
    void shouldReadEachKey() throws Exception {
        assertEquals(PortPolicy.NONE.withIsolated(true), read("isolated = true"));
        assertEquals(PortPolicy.NONE.withTransparent(true), read("transparent = true"));
        assertEquals(
                PortPolicy.NONE.withAllowedMacs(List.of(0x5254_0000_0001L, 0x5254_0000_0002L)),
                read("allow-macs = [\"52:54:00:00:00:02\", \"52-54-00-00-00-01\"]"));
        assertEquals(
                PortPolicy.NONE.with(new Flooding(false, true, false)),
                read("flood = { unknown = false, broadcast = false }"));
    }

    @Test
    void shouldReadThemTogether() throws Exception {
        assertEquals(
                PortPolicy.NONE
                        .withIsolated(true)
                        .withTransparent(true)
                        .withAllowedMacs(List.of(1L))
                        .with(new Flooding(true, false, true))
                        .with(Vlans.access(7)),
                read(
                        "vlan = { access = 7 }\nflood = { multicast = false }\nisolated = true\n"
                                + "transparent = true\nallow-macs = [\"00:00:00:00:00:01\"]"));
    }

    @Test
    void shouldReadAnImpairmentOfBothDirections() throws Exception {
        Impairment wire =
                new Impairment(0.01, 0.005, 0.1, 0.2, 20_000_000, 500_000, 10_000_000, 2 << 20, 42);
        assertEquals(
                PortPolicy.NONE.withWire(wire, wire),
                read(
                        "impair = { loss = \"1%\", duplicate = \"0.5%\", corrupt = \"10%\","
                                + " reorder = \"20%\", delay = \"20ms\", jitter = \"500us\","
                                + " rate = \"10Mbit\", queue = \"2MiB\", seed = 42 }"));
    }

    @Test
    void shouldReadAnImpairmentOfEachDirection() throws Exception {
        Impairment lossy = new Impairment(1, 0, 0, 0, 0, 0, 0, Impairment.DEFAULT_QUEUE, 0);
        assertEquals(
                PortPolicy.NONE.withWire(lossy, Impairment.NONE),
                read("impair = { rx = { loss = \"100%\", seed = 0 } }"));
        assertEquals(
                PortPolicy.NONE.withWire(Impairment.NONE, lossy),
                read("impair = { tx = { loss = \"100%\", seed = 0 } }"));
    }

    @Test
    void shouldMeanTheSameEachTimeItIsRead() throws Exception {
        String lines = "impair = { loss = \"0.07%\", delay = \"5us\" }";
        assertEquals(read(lines), read(lines));
    }

    private static PortPolicy change(
            PortPolicy policy, String text, List<String> unset, List<String> ports)
            throws ConfigException {
        PortConfig web = new PortConfig("web", new PortKind.StreamListen("unix:web.sock"));
        return ConfigParser.change(web.with(policy), text, unset, ports).policy();
    }

    @Test
    void shouldChangeWhatTheLinesNameAndNothingElse() throws Exception {
        PortPolicy policy = read("isolated = true\nlimit = { egress = \"1Mbit\" }\nmac-limit = 3");
        List<String> ports = List.of("web");
        assertEquals(policy, change(policy, "", List.of(), ports));
        assertEquals(
                policy.with(Vlans.access(3)).withIsolated(false),
                change(policy, "vlan = { access = 3 }\nisolated = false", List.of(), ports));
        assertEquals(
                PortPolicy.NONE,
                change(policy, "", List.of("isolated", "limit", "mac-limit"), ports));
    }

    @Test
    void shouldTakeBackEachKey() throws Exception {
        PortPolicy policy =
                read(
                        "vlan = { access = 7 }\nisolated = true\ntransparent = true\n"
                                + "allow-macs = [\"00:00:00:00:00:01\"]\n"
                                + "flood = { unknown = false }\nmac-limit = 3\n"
                                + "beyond-mac-limit = \"drop\"\nsticky-macs = true\n"
                                + "guard-macs = true\n"
                                + "limit = { egress = \"1Mbit\" }\nstorm = { unknown = 5 }\n"
                                + "mirror = { ports = [\"web\"] }\nimpair = { loss = \"1%\" }");
        String[] keys =
                ("vlan isolated transparent allow-macs flood mac-limit beyond-mac-limit"
                                + " sticky-macs guard-macs limit storm mirror impair")
                        .split(" ");
        assertEquals(PortPolicy.NONE, change(policy, "", List.of(keys), List.of("web")));
        for (String key : keys) {
            PortPolicy less = change(policy, "", List.of(key), List.of("web"));
            assertNotEquals(policy, less, key);
            assertNotEquals(PortPolicy.NONE, less, key);
        }
    }
}
