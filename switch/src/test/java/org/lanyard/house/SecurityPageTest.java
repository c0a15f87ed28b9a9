package org.lanyard.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** SECURITY.md names checks and tests: they are there. */
final class SecurityPageTest {
    private static final Path PAGE = Path.of("..", "SECURITY.md");
    private static final Pattern NAMED =
            Pattern.compile("`([A-Z]\\w*[a-z]\\w*)(?:#(should\\w+))?`");
    private static final String TEST = ".*(Test|IT|Fuzz)";

    private static Map<String, Path> classes() throws IOException {
        Map<String, Path> classes = new HashMap<>();
        for (String module : List.of("tapio", "switch", "bench")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file -> classes.put(nameOf(file), file));
            }
        }
        return classes;
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    @Test
    void shouldNameChecksAndTestsThatAreThere() throws IOException {
        Map<String, Path> classes = classes();
        Set<String> missing = new TreeSet<>();
        Set<String> tests = new TreeSet<>();
        Matcher named = NAMED.matcher(Files.readString(PAGE));
        while (named.find()) {
            Path source = classes.get(named.group(1));
            String method = named.group(2);
            if (source == null
                    || method != null
                            && !Files.readString(source).contains("void " + method + "(")) {
                missing.add(named.group());
            }
            if (named.group(1).matches(TEST)) {
                tests.add(named.group(1));
            }
        }
        assertEquals(Set.of(), missing);
        assertTrue(tests.size() > 20, () -> "only " + tests);
    }

    @Test
    void shouldHaveATestInEachRowOfItsBoundaries() throws IOException {
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf("## Trust boundaries"));
        table = table.substring(0, table.indexOf("\n## "));
        List<String> rows = table.lines().filter(line -> line.startsWith("| ")).skip(1).toList();
        assertTrue(rows.size() > 10, () -> rows.size() + " rows");
        for (String row : rows) {
            String[] cells = row.split(" \\| ");
            Matcher test = NAMED.matcher(cells[cells.length - 1]);
            assertTrue(test.find() && test.group(1).matches(TEST), () -> "no test in: " + row);
            assertTrue(cells[cells.length - 2].contains("`"), () -> "no check in: " + row);
        }
    }
}
