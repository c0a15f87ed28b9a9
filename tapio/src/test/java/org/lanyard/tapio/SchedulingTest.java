package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SchedulingTest {
    /** The kernel's own word, proc_pid_stat(5): fields 3 and on follow the name's bracket. */
    private static String policy() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[41 - 3];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldMakeTheCallingThreadAndNoOtherABatch() throws Exception {
        String before = policy();
        CompletableFuture<String> seen = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                Scheduling.batch();
                                seen.complete(policy());
                            } catch (ErrnoException | RuntimeException e) {
                                seen.completeExceptionally(e);
                            }
                        });
        thread.start();
        assertEquals("3", seen.get());
        thread.join();
        assertEquals(before, policy());
    }
}
