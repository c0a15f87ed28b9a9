package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lanyard top} on a terminal, which script(1) makes. */
@Timeout(300)
class TopIT {
    private static final int LINES = 8;
    private static final int COLUMNS = 50;
    private static final String BEGIN = "\033[?1049h";
    private static final String END = "\033[?1049l";

    @TempDir private Path temp;
    private Program lanyard;

    @BeforeEach
    void start() throws Exception {
        lanyard = Program.in(temp.resolve("lan0"));
        lanyard.succeed("start");
    }

    @AfterEach
    void stop() throws Exception {
        lanyard.run("stop");
        lanyard.cleanUp();
    }

    /** On a small terminal, whose settings are told when the command has ended. */
    private Process onTerminal(String... words) throws IOException {
        String inside =
                "trap : INT; stty rows "
                        + LINES
                        + " cols "
                        + COLUMNS
                        + "; TERM=xterm $*; echo ended with \\$?; stty -a";
        return lanyard.behind("sh", "-c", "exec script -qec \"" + inside + "\" /dev/null", "sh")
                .spawn(words);
    }

    private static String readUntil(Process process, String text) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        while (!read.toString(StandardCharsets.UTF_8).contains(text)) {
            int b = process.getInputStream().read();
            if (b < 0) {
                throw new AssertionError("no '" + text + "' in: " + read);
            }
            read.write(b);
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    private static void press(Process process, String key) throws IOException {
        process.getOutputStream().write(key.getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
    }

    /** What came on the screen after a place, without colours. */
    private static String[] screen(String text) {
        return text.replaceAll("\033\\[(7m|31m|0m|K|J|H)", "").split("\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"q", "\003"})
    void shouldFillTheScreenAndGiveItBack(String key) throws Exception {
        Process top = onTerminal("top", "--interval", "0.2");
        try {
            String shown = readUntil(top, "guests        listening");
            assertTrue(shown.contains(BEGIN), shown);
            assertTrue(shown.contains("\033[7mPORT"), "colours");
            shown = readUntil(top, "guests        listening"); // and again
            for (String line : screen(shown.substring(shown.indexOf("\033[H")))) {
                assertTrue(line.length() <= COLUMNS, line);
            }
            press(top, key);
            String rest = readUntil(top, "ended with 0");
            assertTrue(rest.contains(END), rest);
            assertFalse(rest.substring(rest.indexOf(END)).contains("PORT"), rest);
            String settings = new String(top.getInputStream().readAllBytes());
            assertTrue(settings.matches("(?s).*[^-]icanon.*[^-]echo .*"), settings);
            assertTrue(settings.contains("susp = ^Z"), settings);
            assertTrue(top.waitFor(30, TimeUnit.SECONDS));
        } finally {
            top.destroyForcibly();
        }
    }

    @Test
    void shouldGiveTheScreenBackWhenTheSwitchEnds() throws Exception {
        Process top = onTerminal("top", "--interval", "0.2");
        try {
            readUntil(top, "guests        listening");
            lanyard.succeed("stop");
            String rest = readUntil(top, "ended with 1");
            int end = rest.indexOf(END);
            assertTrue(end >= 0 && rest.indexOf("lanyard: the switch did not answer") > end, rest);
        } finally {
            top.destroyForcibly();
        }
    }

    @Test
    void shouldEndAfterSoManyIntervalsWithoutColourIfAskedTo() throws Exception {
        Process top =
                lanyard.behind(
                                "sh",
                                "-c",
                                "exec script -qec \"TERM=xterm NO_COLOR=1 $*\" /dev/null",
                                "sh")
                        .spawn("top", "--count", "2", "--interval", "0.2");
        Program.Ended ended = Program.end(top);
        assertEquals(0, ended.exitCode());
        assertTrue(ended.out().contains("PORT") && ended.out().contains(END), ended.out());
        assertFalse(ended.out().contains("\033[7m"), ended.out());
    }
}
