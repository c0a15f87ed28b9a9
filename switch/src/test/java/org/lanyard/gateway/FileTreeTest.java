package org.lanyard.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.tapio.FdCount;
import org.lanyard.tapio.LibC;

@Timeout(120)
class FileTreeTest {
    @TempDir private Path dir;

    private Path other() throws IOException {
        Path other = Files.createDirectories(dir.resolve("other"));
        Files.writeString(other.resolve("kept"), "");
        return other;
    }

    private static boolean isThere(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void shouldRemoveAllOfItAndNothingThatLinksLeadTo() throws Exception {
        Path other = other();
        Path tree = dir.resolve("tree");
        Files.createDirectories(tree.resolve("a/b/c"));
        Files.writeString(tree.resolve("a/b/f"), "");
        Files.createSymbolicLink(tree.resolve("a/link"), other);
        Files.createSymbolicLink(tree.resolve("nowhere"), Path.of("/none"));
        FileTree.remove(Files.createDirectory(dir.resolve("first"))); // opens classes
        int before = FdCount.now();
        FileTree.remove(tree);
        assertTrue(FdCount.settlesAt(before), "open descriptors");
        assertFalse(isThere(tree));
        assertTrue(isThere(other.resolve("kept")));
        FileTree.remove(tree);
    }

    @Test
    void shouldRemoveALinkInItsPlace() throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("link"), other());
        FileTree.remove(link);
        assertFalse(isThere(link));
        assertTrue(isThere(dir.resolve("other/kept")));
    }

    @Test
    void shouldNotGoDownForEver() throws Exception {
        Path tree = dir.resolve("tree");
        Files.createDirectories(tree.resolve("d/".repeat(20)));
        assertEquals(
                "remove " + tree + ": more than 10 levels; rm -r " + tree,
                assertThrows(IOException.class, () -> FileTree.remove(tree)).getMessage());
    }

    /** Who owns it swaps a directory and a link, as fast as may be. */
    @Test
    void shouldNotBeLedElsewhereByItsOwner() throws Exception {
        assumeTrue(LibC.geteuid() == 0, "needs root: another user");
        assumeTrue(Programs.find("perl").isPresent(), "needs perl");
        Path other = other();
        Path outer = Files.createDirectory(dir.resolve("outer"));
        String swaps =
                "$( = $) = 1; $< = $> = 1; for (;;) {"
                        + " mkdir 'd'; rmdir 'd'; unlink 'd'; symlink $ARGV[0], 'd'; unlink 'd' }";
        for (int i = 0; i < 20; i++) {
            Path state = Files.createDirectory(outer.resolve("state"));
            Files.setAttribute(state, "unix:uid", 1);
            Process hostile =
                    new ProcessBuilder("perl", "-e", swaps, other.toString())
                            .directory(state.toFile())
                            .inheritIO()
                            .start();
            try {
                while (!isThere(state.resolve("d"))) {
                    assertTrue(hostile.isAlive());
                }
                FileTree.remove(state);
            } finally {
                hostile.destroyForcibly();
                assertTrue(hostile.waitFor(30, TimeUnit.SECONDS));
            }
            assertFalse(isThere(state));
            assertTrue(isThere(other.resolve("kept")));
        }
    }
}
