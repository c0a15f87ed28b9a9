package org.lanyard.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The manual pages that the build leaves, as mandoc(1) reads them. */
@Timeout(120)
class ManPagesIT {
    private static final Path MAN = Path.of("target", "man");

    private static String output(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static List<String> pages() throws Exception {
        try (Stream<Path> pages = Files.list(MAN)) {
            return pages.map(Path::toString).sorted().toList();
        }
    }

    @Test
    void shouldSatisfyMandoc() throws Exception {
        List<String> lint = new ArrayList<>(List.of("mandoc", "-T", "lint", "-W", "warning"));
        lint.addAll(pages());
        assertEquals("", output(lint));
    }

    @Test
    void shouldDescribeEveryCommandThatIsNotHidden() throws Exception {
        List<String> names =
                pages().stream().map(p -> Path.of(p).getFileName().toString()).toList();
        assertTrue(names.containsAll(List.of("lanyard.1", "lanyard-run.1", "lanyard-port-set.1")));
        assertFalse(names.contains("lanyard-complete.1"), "it is the shells'");
    }

    @Test
    void shouldShowWhatHelpShows() throws Exception {
        Path page = MAN.resolve("lanyard-port-set.1");
        String text = output(List.of("mandoc", "-T", "utf8", page.toString()));
        String plain = text.replaceAll(".\b", "");
        assertTrue(plain.contains("lanyard port set web isolated=true --unset impair"), plain);
        assertTrue(plain.contains("impair = { loss = \"1%\", delay = \"20ms\" }'"), plain);
        assertTrue(plain.contains("--runtime-dir=DIR"), plain);
        assertTrue(plain.contains("lanyard-port-add(1)"), plain);
    }
}
