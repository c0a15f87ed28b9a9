package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.lanyard.policy.Vlans;

final class VlanReaderTest {
    private static Optional<Vlans> read(String vlan) throws ConfigException {
        String toml = "[ports.web]\nstream = { listen = \"unix:web.sock\" }\n" + vlan + "\n";
        return ConfigParser.parse("lab.toml", toml).ports().get(0).policy().vlans();
    }

    private static BitSet set(int... vlans) {
        BitSet set = new BitSet();
        for (int vlan : vlans) {
            set.set(vlan);
        }
        return set;
    }

    @Test
    void shouldSayNothingWhereTheFileDoesNot() throws Exception {
        assertEquals(Optional.empty(), read(""));
    }

    @Test
    void shouldReadEachKind() throws Exception {
        assertEquals(Optional.of(Vlans.access(10)), read("vlan = { access = 10 }"));
        assertEquals(Optional.of(Vlans.tunnel(4094)), read("vlan = { tunnel = 4094 }"));
        assertEquals(
                Optional.of(Vlans.trunk(1, set(10, 20, 21, 22), Vlans.CUSTOMER_TAG)),
                read("vlan = { native = 1, trunk = [10, \"20-22\"] }"));
        assertEquals(
                Optional.of(Vlans.trunk(Vlans.NONE, set(7), Vlans.SERVICE_TAG)),
                read("vlan = { trunk = [\"7\"], tag-type = \"0x88a8\" }"));
        assertEquals(
                Optional.of(Vlans.trunk(Vlans.NONE, Vlans.all(), Vlans.CUSTOMER_TAG)),
                read("vlan = { trunk = \"all\", tag-type = \"802.1Q\" }"));
        assertEquals(
                Optional.of(Vlans.trunk(5, set(30, 31), Vlans.CUSTOMER_TAG)),
                read("vlan = { native = 5, trunk = \"30-31\" }"));
    }

    @Test
    void shouldReadWhatMayComeIn() throws Exception {
        assertEquals(
                Optional.of(Vlans.access(10).admitting(Vlans.Admit.UNTAGGED)),
                read("vlan = { access = 10, admit = \"untagged\" }"));
        assertEquals(
                Optional.of(Vlans.access(10)), read("vlan = { access = 10, admit = \"all\" }"));
    }

    @Test
    void shouldReadWhatMayLeave() throws Exception {
        assertEquals(
                Optional.of(Vlans.access(10).withNestedTags(true)),
                read("vlan = { access = 10, nested-tags = true }"));
        assertEquals(
                Optional.of(Vlans.access(10)), read("vlan = { access = 10, nested-tags = false }"));
    }

    @Test
    void shouldReadATableOfItsOwnToo() throws Exception {
        assertEquals(Optional.of(Vlans.access(10)), read("[ports.web.vlan]\naccess = 10"));
    }
}
