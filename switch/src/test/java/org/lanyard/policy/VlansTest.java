package org.lanyard.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VlansTest {
    private static BitSet set(int... vlans) {
        BitSet set = new BitSet();
        for (int vlan : vlans) {
            set.set(vlan);
        }
        return set;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 65, 4094})
    void shouldHaveOneVlanOnAnAccessPort(int vlan) {
        Vlans vlans = Vlans.access(vlan);
        for (int other = 0; other <= 4095; other++) {
            assertEquals(other == vlan, vlans.contains(other), "VLAN " + other);
        }
        assertEquals(vlan, vlans.pvid());
    }

    @Test
    void shouldHaveItsNativeAndItsTaggedVlansOnATrunk() {
        Vlans vlans = Vlans.trunk(1, set(1, 10, 4094), Vlans.SERVICE_TAG);
        for (int other = 0; other <= 4095; other++) {
            boolean member = other == 1 || other == 10 || other == 4094;
            assertEquals(member, vlans.contains(other), "VLAN " + other);
        }
        assertEquals(set(10, 4094), vlans.tagged(), "the native one is untagged");
        assertEquals(Vlans.SERVICE_TAG, vlans.tagType());
    }

    @Test
    void shouldHaveNoVlanForTheUntaggedOnATrunkWithoutANativeOne() {
        Vlans vlans = Vlans.trunk(Vlans.NONE, Vlans.all(), Vlans.CUSTOMER_TAG);
        assertEquals(Vlans.NONE, vlans.pvid());
        assertFalse(vlans.contains(0));
        assertFalse(vlans.contains(4095));
        assertTrue(vlans.contains(1) && vlans.contains(4094));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 4095, 4096})
    void shouldRefuseWhatIsNoVlan(int vlan) {
        assertThrows(IllegalArgumentException.class, () -> Vlans.access(vlan));
        assertThrows(IllegalArgumentException.class, () -> Vlans.tunnel(vlan));
        if (vlan >= 0) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Vlans.trunk(1, set(vlan), Vlans.CUSTOMER_TAG));
        }
        assertThrows(
                IllegalArgumentException.class, () -> Vlans.trunk(1, set(5), 0x9100), "tag type");
    }

    @Test
    void shouldNotChangeWithTheSetThatItWasMadeFrom() {
        BitSet set = set(10);
        Vlans vlans = Vlans.trunk(1, set, Vlans.CUSTOMER_TAG);
        set.set(11);
        vlans.tagged().set(12);
        assertEquals("native 1, trunk 10", vlans.toString());
        assertFalse(vlans.contains(11) || vlans.contains(12));
    }

    @Test
    void shouldSayItselfAsAConfigurationDoes() {
        assertEquals("access 7", Vlans.access(7).toString());
        assertEquals("tunnel 100", Vlans.tunnel(100).toString());
        BitSet some = set(10, 20, 21, 22, 30, 31, 4094);
        assertEquals(
                "native 1, trunk 10 20-22 30-31 4094",
                Vlans.trunk(1, some, Vlans.CUSTOMER_TAG).toString());
        assertEquals("trunk all", Vlans.trunk(0, Vlans.all(), Vlans.CUSTOMER_TAG).toString());
        assertEquals(
                "native 5, trunk all", Vlans.trunk(5, Vlans.all(), Vlans.CUSTOMER_TAG).toString());
        assertEquals("none", Vlans.ranges(set()));
    }

    @Test
    void shouldBeEqualOnlyToWhatDoesTheSame() {
        Vlans vlans = Vlans.trunk(1, set(10), Vlans.CUSTOMER_TAG);
        assertEquals(vlans, Vlans.trunk(1, set(10, 1), Vlans.CUSTOMER_TAG));
        assertEquals(vlans.hashCode(), Vlans.trunk(1, set(10, 1), Vlans.CUSTOMER_TAG).hashCode());
        assertNotEquals(vlans, Vlans.trunk(1, set(11), Vlans.CUSTOMER_TAG));
        assertNotEquals(vlans, Vlans.trunk(2, set(10), Vlans.CUSTOMER_TAG));
        assertNotEquals(vlans, Vlans.trunk(1, set(10), Vlans.SERVICE_TAG));
        assertNotEquals(vlans, vlans.admitting(Vlans.Admit.TAGGED));
        assertNotEquals(Vlans.access(5), Vlans.tunnel(5));
    }
}
