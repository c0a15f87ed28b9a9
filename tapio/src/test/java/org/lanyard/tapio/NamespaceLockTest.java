package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class NamespaceLockTest {
    private static final String NAME = "/tmp/".repeat(50) + ProcessHandle.current().pid();

    @Test
    void shouldBeHadByOneAtATime() throws Exception {
        NamespaceLock.take(NAME).orElseThrow().close(); // what is loaded then is loaded
        int before = FdCount.now();
        try (NamespaceLock lock = NamespaceLock.take(NAME).orElseThrow()) {
            assertTrue(lock != null);
            assertEquals(Optional.empty(), NamespaceLock.take(NAME));
            NamespaceLock.take(NAME + "0").orElseThrow().close();
        }
        NamespaceLock.take(NAME).orElseThrow().close();
        assertTrue(FdCount.settlesAt(before), "open descriptors");
    }

    @Test
    void shouldBeOfOneNetworkNamespace() throws Exception {
        try (NetNamespace other = NetNamespace.create();
                NamespaceLock here = NamespaceLock.take(NAME).orElseThrow();
                NamespaceLock there = other.call(() -> NamespaceLock.take(NAME).orElseThrow())) {
            assertTrue(here != there);
        }
    }
}
