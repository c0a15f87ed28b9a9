package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accepting when the process has all the open files that it may have (EMFILE). */
final class FewDescriptorsTest {
    @TempDir private Path directory;

    @Test
    void shouldKeepAUnixConnectionInTheQueueUntilADescriptorIsFree() throws Exception {
        assertWaitsInTheQueue("unix:" + directory.resolve("s"));
    }

    @Test
    void shouldKeepATcpConnectionInTheQueueUntilADescriptorIsFree() throws Exception {
        assertWaitsInTheQueue("tcp:127.0.0.1:0");
    }

    private static void assertWaitsInTheQueue(String endpoint) throws Exception {
        String java = String.join("' '", ConnectingProcess.command(FewDescriptors.class, endpoint));
        Process limited =
                new ProcessBuilder("sh", "-c", "ulimit -n 128 && exec '" + java + "'")
                        .redirectErrorStream(true)
                        .start();
        try {
            byte[] bytes = limited.getInputStream().readAllBytes();
            String text = new String(bytes, StandardCharsets.UTF_8);
            assertTrue(limited.waitFor(60, TimeUnit.SECONDS), text);
            List<String> lines = text.lines().toList();
            assertEquals(3, lines.size(), text);
            assertTrue(lines.get(1).startsWith("refused: accept at " + prefix(endpoint)), text);
            assertTrue(lines.get(1).contains("Too many open files"), text);
            assertEquals("accepted late", lines.get(2));
        } finally {
            limited.destroy();
        }
    }

    private static String prefix(String endpoint) {
        return endpoint.substring(0, endpoint.length() - 1);
    }
}
