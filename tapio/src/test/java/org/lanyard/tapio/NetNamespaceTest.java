package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class NetNamespaceTest {
    private static String current() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    }

    @Test
    void shouldMoveItsOwnThreadOnlyAndThoseThatItStarts() throws Exception {
        String outside = current();
        try (NetNamespace namespace = NetNamespace.create()) {
            String inside = namespace.call(NetNamespaceTest::current);
            assertNotEquals(outside, inside);
            assertEquals(outside, current());
            assertEquals(inside, namespace.exec("readlink", "/proc/self/ns/net").strip());
            assertTrue(namespace.exec("ip", "link", "show", "lo").contains(",UP"));
        }
    }

    @Test
    void shouldBeGoneAfterClose() throws Exception {
        NetNamespace namespace = NetNamespace.create();
        Path file = Path.of("/run/netns", namespace.name());
        assertTrue(Files.exists(file));
        namespace.close();
        assertFalse(Files.exists(file));
    }

    @Test
    void shouldTellWhatACommandSaidWhenItFailed() throws Exception {
        try (NetNamespace namespace = NetNamespace.create()) {
            IOException failure =
                    assertThrows(
                            IOException.class, () -> namespace.exec("ip", "link", "show", "none0"));
            assertTrue(failure.getMessage().contains("does not exist"), failure.getMessage());
        }
    }
}
