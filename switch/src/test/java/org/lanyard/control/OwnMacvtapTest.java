package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Under which name a macvtap is made. */
final class OwnMacvtapTest {
    private static final Path DIR = Path.of("/run/lanyard/lan0");

    @Test
    void shouldNameItAfterTheSwitchAndThePort() {
        assertEquals("lan0-lan", OwnMacvtap.name(DIR, "lan"));
        assertEquals("lan0-abcdefghij", OwnMacvtap.name(DIR, "abcdefghij"));
        assertEquals("a_b-lan", OwnMacvtap.name(Path.of("/tmp/a b"), "lan"));
    }

    @Test
    void shouldGiveLongNamesOnesOfTheirOwn() {
        String one = OwnMacvtap.name(DIR, "abcdefghijk");
        String two = OwnMacvtap.name(DIR, "abcdefghijl");
        assertTrue(one.matches("lan0-abcde-[0-9a-f]{4}"), one);
        assertNotEquals(one, two);
        assertNotEquals(one, OwnMacvtap.name(Path.of("/tmp/lan0"), "abcdefghijk"));
    }
}
