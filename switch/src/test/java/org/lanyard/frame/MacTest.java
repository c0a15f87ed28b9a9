package org.lanyard.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MacTest {
    @ParameterizedTest
    @CsvSource({
        "52:54:00:12:34:56, 0x525400123456",
        "00:00:00:00:00:00, 0",
        "ff:ff:ff:ff:ff:ff, 0xffffffffffff",
        "01:00:5e:00:00:fb, 0x01005e0000fb"
    })
    void shouldReadAndWriteTheUsualForm(String text, String value) {
        long address = Long.decode(value);
        assertEquals(address, Mac.parse(text));
        assertEquals(text, Mac.format(address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"52-54-00-AB-cd-EF", "52:54:00:AB:CD:EF", "52:54-00:ab-cd:ef"})
    void shouldReadDashesAndCapitals(String text) {
        assertEquals(0x5254_00ab_cdefL, Mac.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "52:54:00:12:34",
                "52:54:00:12:34:56:78",
                "52:54:00:12:34:5g",
                "525400123456",
                "52:54:00:12:34:5",
                " 52:54:00:12:34:56",
                "52:54:00:12:34:56\n"
            })
    void shouldRefuseWhatIsNoAddressAndNameIt(String text) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Mac.parse(text));
        assertTrue(e.getMessage().contains("'" + text + "'"), e.getMessage());
    }

    @Test
    void shouldComeBackFromTextForAnyAddress() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long address = random.nextLong() >>> 16;
            assertEquals(address, Mac.parse(Mac.format(address)));
        }
    }

    @Test
    void shouldDrawStationAddressesThatAreLocalAndDiffer() {
        Set<Long> drawn = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            long address = Mac.random();
            assertTrue(Ethernet.isStation(address), Mac.format(address));
            assertEquals(0x5254, address >>> 32, Mac.format(address));
            drawn.add(address);
        }
        assertTrue(drawn.size() > 990, drawn.size() + " of 1000 differ");
    }
}
