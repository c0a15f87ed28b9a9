package org.lanyard.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What class files do not tell: the length of files, their names, their words. */
final class SourceRulesTest {
    private static final int MOST_LINES = 500;
    private static final Pattern VAGUE = Pattern.compile("(Impl|Manager|Util|Utils|Helper)\\.java");
    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");
    private static final Pattern SYNCHRONIZED = Pattern.compile("\\bsynchronized\\b");

    private static final List<Path> SOURCES = new ArrayList<>();

    /** Maven runs the tests in the module's directory; all modules are beside it. */
    @BeforeAll
    static void find() throws IOException {
        for (String module : List.of("tapio", "switch", "bench")) {
            Path sources = Path.of("..", module, "src");
            if (Files.isDirectory(sources)) {
                try (Stream<Path> files = Files.walk(sources)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(SOURCES::add);
                }
            }
        }
        assertTrue(SOURCES.size() > 80, SOURCES.size() + " sources found");
    }

    private static boolean isMain(Path source) {
        return source.toString().contains("/src/main/java/");
    }

    @Test
    void shouldHaveNoFileAboveFiveHundredLines() throws IOException {
        Set<String> long_ = new TreeSet<>();
        for (Path source : SOURCES) {
            int lines = Files.readAllLines(source).size();
            if (lines > MOST_LINES) {
                long_.add(source + ": " + lines);
            }
        }
        assertEquals(Set.of(), long_);
    }

    @Test
    void shouldHaveNoNameThatSaysNothing() {
        Set<String> vague = new TreeSet<>();
        for (Path source : SOURCES) {
            if (VAGUE.matcher(source.getFileName().toString()).find()) {
                vague.add(source.toString());
            }
        }
        assertEquals(Set.of(), vague);
    }

    @Test
    void shouldExplainEachPackage() {
        Set<Path> silent = new TreeSet<>();
        for (Path source : SOURCES) {
            if (isMain(source) && !Files.exists(source.resolveSibling("package-info.java"))) {
                silent.add(source.getParent());
            }
        }
        assertEquals(Set.of(), silent);
    }

    @Test
    void shouldTakeNoMonitorOnTheFramesWay() throws IOException {
        Set<String> locking = new TreeSet<>();
        int looked = 0;
        for (Path source : SOURCES) {
            if (isMain(source)
                    && source.toString().matches(".*/lanyard/(frame|port|capture|worker)/.*")) {
                looked++;
                String code = COMMENT.matcher(Files.readString(source)).replaceAll("");
                if (SYNCHRONIZED.matcher(code).find()) {
                    locking.add(source.toString());
                }
            }
        }
        assertTrue(looked > 15, looked + " sources looked at");
        assertEquals(Set.of(), locking);
    }

    @Test
    void shouldNameTestsAsSentences() throws IOException {
        Pattern test = Pattern.compile("@(?:Test|ParameterizedTest)\\b[^{;]*?\\bvoid (\\w+)\\(");
        Set<String> nameless = new TreeSet<>();
        int found = 0;
        for (Path source : SOURCES) {
            var matcher = test.matcher(Files.readString(source));
            while (matcher.find()) {
                found++;
                if (!matcher.group(1).startsWith("should")) {
                    nameless.add(source.getFileName() + ": " + matcher.group(1));
                }
            }
        }
        assertTrue(found > 100, found + " tests found");
        assertEquals(Set.of(), nameless);
    }
}
