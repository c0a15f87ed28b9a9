package org.lanyard.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GuestImageTest {
    @Test
    void shouldLookWhereTheScriptPutsIt() {
        assertEquals(
                Path.of("/home/me/.cache/lanyard/guest-amd64"),
                GuestImage.directory(Map.of("HOME", "/home/me"), Architecture.AMD64));
        assertEquals(
                Path.of("/c/lanyard/guest-arm64"),
                GuestImage.directory(
                        Map.of("HOME", "/home/me", "XDG_CACHE_HOME", "/c"), Architecture.ARM64));
        assertEquals(
                Path.of("/image"),
                GuestImage.directory(
                        Map.of("HOME", "/home/me", "LANYARD_GUEST_IMAGE", "/image"),
                        Architecture.AMD64));
    }

    @Test
    void shouldNameTheCommandThatMakesIt(@TempDir Path empty) {
        GuestException e = assertThrows(GuestException.class, () -> GuestImage.in(empty));
        assertTrue(e.getMessage().contains("guest-image"), e.getMessage());
        assertTrue(e.getMessage().contains(empty.toString()), e.getMessage());
    }

    @Test
    void shouldFindBothFiles(@TempDir Path dir) throws IOException {
        Files.createFile(dir.resolve("vmlinuz"));
        Files.createFile(dir.resolve("initrd.gz"));
        assertEquals(dir.resolve("initrd.gz"), GuestImage.in(dir).initrd());
    }
}
