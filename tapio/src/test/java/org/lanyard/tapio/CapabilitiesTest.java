package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class CapabilitiesTest {
    @Test
    void shouldFindTheBitOfNetAdmin() {
        assertTrue(Capabilities.netAdmin("Name:\tx\nCapEff:\t0000000000001000\n"));
        assertFalse(Capabilities.netAdmin("CapPrm:\t0000000000001000\nCapEff:\t0000000000000800"));
        assertFalse(Capabilities.netAdmin(""));
    }

    @Test
    void shouldFindTheBitOfNetRaw() {
        assertTrue(Capabilities.netRaw("CapEff:\t0000000000002000\n"));
        assertFalse(Capabilities.netRaw("CapEff:\t0000000000001000\n"));
    }

    @Test
    void shouldTellWhetherThisProcessMayMakeATap() throws IOException {
        try (NetNamespace namespace = NetNamespace.create()) {
            boolean may =
                    namespace.call(
                            () -> {
                                try (Tap tap = Tap.make()) {
                                    return tap.created();
                                } catch (IOException e) {
                                    return false;
                                }
                            });
            assertEquals(may, Capabilities.netAdmin());
        }
    }
}
