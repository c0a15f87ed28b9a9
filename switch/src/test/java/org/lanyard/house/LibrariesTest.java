package org.lanyard.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The libraries that the switch is built and tested with are those that {@code libraries.sha256}
 * names. With {@code -Dlanyard.write} it is written anew, and is to be read before it is committed.
 */
final class LibrariesTest {
    private static final Path LIST = Path.of("libraries.sha256");
    private static final Path SCRIPT = Path.of("src/main/scripts/known-libraries");

    @TempDir private Path temp;

    private static Set<String> onTheClassPath() throws IOException, GeneralSecurityException {
        Set<String> lines = new TreeSet<>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String name = Path.of(element).getFileName().toString();
            if (name.endsWith(".jar") && !name.startsWith("lanyard")) {
                byte[] bytes = Files.readAllBytes(Path.of(element));
                byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes);
                lines.add(HexFormat.of().formatHex(sum) + "  " + name);
            }
        }
        return lines;
    }

    @BeforeAll
    static void write() throws IOException, GeneralSecurityException {
        if (System.getProperty("lanyard.write") != null) {
            Files.writeString(LIST, String.join("\n", onTheClassPath()) + "\n");
        }
    }

    private static Set<String> known() throws IOException {
        return new TreeSet<>(Files.readAllLines(LIST));
    }

    @Test
    void shouldUseTheLibrariesThatAreKnown() throws Exception {
        Set<String> used = onTheClassPath();
        assertTrue(used.size() > 20, () -> "only " + used);
        used.removeAll(known());
        assertEquals(Set.of(), used, "not known, or not what they were; see " + SCRIPT);
    }

    private String look() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("sh", SCRIPT.toString(), LIST.toString(), temp.toString());
        Process process = builder.redirectErrorStream(true).start();
        byte[] said = process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return process.exitValue() + " " + new String(said, StandardCharsets.UTF_8);
    }

    private Path library() throws IOException {
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path file = Path.of(element);
            if (file.getFileName().toString().startsWith("picocli")) {
                return Files.copy(file, temp.resolve(file.getFileName()));
            }
        }
        throw new AssertionError("a switch without picocli");
    }

    @Test
    void shouldLetABuildPassWithKnownLibrariesAlone() throws Exception {
        Path library = library();
        Files.writeString(temp.resolve("lanyard-tapio-0.jar"), "its own");
        assertEquals("0 ", look());
        byte[] bytes = Files.readAllBytes(library);
        bytes[bytes.length / 2] ^= 1;
        Files.write(library, bytes);
        String said = look();
        assertTrue(said.startsWith("1 ") && said.contains(library.getFileName().toString()), said);
        Files.delete(library);
        Files.writeString(temp.resolve("stranger.jar"), "?");
        said = look();
        assertTrue(said.startsWith("1 ") && said.contains("stranger.jar"), said);
    }
}
