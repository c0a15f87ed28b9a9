package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingFileTest {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir private Path dir;

    private static byte[] line(int number) {
        byte[] line = new byte[MEBIBYTE];
        Arrays.fill(line, (byte) '.');
        byte[] head = ("line " + number + " ").getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, line, 0, head.length);
        line[line.length - 1] = '\n';
        return line;
    }

    private static String firstWords(Path file) throws IOException {
        return Files.readString(file).split("\\.")[0].strip();
    }

    @Test
    void shouldNeverHoldMoreThanTwoFilesOfEightMebibytes() throws IOException {
        Path log = dir.resolve("lanyard.log");
        try (RotatingFile file = new RotatingFile(log)) {
            for (int i = 1; i <= 30; i++) {
                file.write(line(i), 0, MEBIBYTE);
                assertTrue(Files.size(log) <= 8 * MEBIBYTE, () -> "too large");
            }
        }
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(2, files.count());
        }
        assertEquals("line 25", firstWords(log));
        assertEquals("line 17", firstWords(dir.resolve("lanyard.log.1")));
    }

    @Test
    void shouldGoOnBehindWhatIsThere() throws IOException {
        Path log = dir.resolve("lanyard.log");
        for (int start = 0; start < 2; start++) {
            try (RotatingFile file = new RotatingFile(log)) {
                file.write('a' + start);
            }
        }
        assertEquals("ab", Files.readString(log));
    }
}
