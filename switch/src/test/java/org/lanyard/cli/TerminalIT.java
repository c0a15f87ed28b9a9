package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.FrameClient;

/** What people see in a real terminal, which is one of {@code script}'s. */
@Timeout(120)
class TerminalIT {
    private static final String GREEN_UP = "\u001b[32mup\u001b[";

    @TempDir private Path temp;
    private Program lanyard;

    @BeforeEach
    void start() throws Exception {
        lanyard = Program.in(temp.resolve("a-long-name-".repeat(4)));
        lanyard.succeed("start");
    }

    @AfterEach
    void cleanUp() throws IOException {
        lanyard.cleanUp();
    }

    /** What {@code port list} writes after these words in a terminal, with one guest there. */
    private String list(String words) throws Exception {
        try (FrameClient guest = FrameClient.at(lanyard.path("guests.sock"))) {
            guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello"));
            String command = "TERM=xterm " + words + " " + lanyard.shellLine("port", "list");
            Program.Ended ended = lanyard.inTerminal(command);
            assertEquals(0, ended.exitCode(), ended::toString);
            return ended.out().replace("\r", "");
        }
    }

    @Test
    void shouldFitTheTerminalAndColourStates() throws Exception {
        String text = list("; stty cols 72; TERM=xterm");
        assertTrue(text.contains(GREEN_UP), text);
        String plain = text.replaceAll("\u001b\\[[0-9;]*m", "");
        assertEquals(72, plain.lines().mapToInt(String::length).max().getAsInt(), plain);
        assertTrue(plain.contains("…\n"), plain);
    }

    @Test
    void shouldDoWithoutColoursWhereTheyAreNotWanted() throws Exception {
        assertFalse(list("NO_COLOR=1").contains("\u001b"), "NO_COLOR");
        assertFalse(list("; TERM=dumb").contains("\u001b"), "a dumb terminal");
    }

    @Test
    void shouldBelieveColumns() throws Exception {
        String text = list("NO_COLOR=1 COLUMNS=90");
        assertEquals(90, text.lines().mapToInt(String::length).max().getAsInt(), text);
    }
}
