package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that confined itself can still do, and what not, on all its threads. */
final class ConfinementTest {
    private static final int TIME_LIMIT_SECONDS = 60;

    @TempDir private Path directory;

    @Test
    void shouldLeaveSocketsAndThreadsAndLittleElse() throws Exception {
        int uid = LibC.geteuid() == 0 ? Confinement.NOBODY : LibC.geteuid();
        String file = directory.resolve("file").toString();
        String classPath = ReadableClasses.copiedTo(Files.createDirectory(directory.resolve("c")));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process process =
                new ProcessBuilder(
                                ConnectingProcess.command(classPath, ConfinedProcess.class, file))
                        .redirectErrorStream(true)
                        .start();
        try {
            byte[] said = process.getInputStream().readAllBytes();
            String text = new String(said, StandardCharsets.UTF_8);
            assertTrue(process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS), text);
            assertEquals(
                    """
                    warm-up: can
                    no root: true, uid %d
                    program: can't
                    signal: can't
                    namespace: can't
                    write: can't
                    read: can
                    thread: can
                    listen: can
                    descriptors: can't
                    threads without a filter: 0
                    """
                            .formatted(uid),
                    text);
        } finally {
            process.destroyForcibly();
        }
    }
}
