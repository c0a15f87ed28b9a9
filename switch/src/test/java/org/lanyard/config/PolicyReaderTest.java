package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanyard.policy.Flooding;
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
}
