package org.lanyard.config;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a user reads about a broken file: all its errors at once, each with its place. The table is
 * {@code broken.txt}: after {@code ####} and a title comes a file, then what is to be said of it.
 */
class BrokenConfigurationTest {
    record Broken(String title, String toml, String told) {
        static Broken of(String block) {
            List<String> lines = block.lines().toList();
            Stream<String> toml = lines.stream().skip(1).filter(line -> !line.startsWith("=> "));
            Stream<String> told = lines.stream().filter(line -> line.startsWith("=> "));
            return new Broken(
                    lines.get(0),
                    toml.collect(joining("\n")).stripTrailing() + "\n",
                    told.map(line -> line.substring(3)).collect(joining("\n")));
        }

        @Override
        public String toString() {
            return title;
        }
    }

    static List<Broken> table() throws IOException {
        try (InputStream in = BrokenConfigurationTest.class.getResourceAsStream("broken.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(text.split("(?m)^#### ")).skip(1).map(Broken::of).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("table")
    void shouldTellWhatIsWrongAndWhere(Broken broken) {
        ConfigException e =
                assertThrows(
                        ConfigException.class, () -> ConfigParser.parse("lab.toml", broken.toml));
        assertEquals(broken.told, e.getMessage());
    }

    @Test
    void shouldHaveAWholeTable() throws IOException {
        List<Broken> table = table();
        assertTrue(table.size() >= 100, "only " + table.size() + " broken files");
        assertEquals(
                List.of(), table.stream().filter(broken -> broken.told.isEmpty()).toList(), "mute");
    }

    @Test
    void shouldGiveEachErrorAsValuesToo() {
        ConfigException e =
                assertThrows(
                        ConfigException.class,
                        () -> ConfigParser.parse("lab.toml", "[switch]\nnmae = \"lab\"\n"));
        assertEquals(
                List.of(
                        new ConfigError(
                                "lab.toml", 2, 1, "unknown key 'nmae' (did you mean 'name'?)")),
                e.errors());
    }

    @Test
    void shouldTellWhereAFileIsNotUtf8(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("latin1.toml");
        byte[] latin1 = "[switch]\n# B\u00fcro\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, latin1);
        ConfigException e = assertThrows(ConfigException.class, () -> ConfigParser.parse(file));
        assertEquals(file + ":2:4: not UTF-8 text, which TOML is", e.getMessage());
    }

    @Test
    void shouldLeaveAMissingFileToTheCaller(@TempDir Path dir) {
        assertThrows(IOException.class, () -> ConfigParser.parse(dir.resolve("none.toml")));
    }
}
