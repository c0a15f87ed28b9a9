package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserShareTest {
    @TempDir private Path dir;

    @Test
    void shouldWarnOfWhatAKilledSwitchLeftAndCannotBeRemoved() throws Exception {
        Path deep = dir.resolve(".user1-smb");
        Files.createDirectories(deep.resolve("d/".repeat(20)));
        Path other = Files.createDirectories(dir.resolve(".user2-smb/state"));
        try (LogLines log = LogLines.of(UserShare.class)) {
            UserShare.removeLeft(dir);
            assertFalse(Files.exists(other));
            assertTrue(Files.exists(deep));
            assertEquals(
                    List.of(
                            "WARNING what a killed switch left stays: remove "
                                    + deep
                                    + ": more than 10 levels; rm -r "
                                    + deep),
                    log.lines());
        }
    }
}
