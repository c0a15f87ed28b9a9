package org.lanyard.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ConsoleTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private OutputStream guest;
    private Console console;

    @BeforeEach
    void connect() throws IOException {
        PipedOutputStream guestSide = new PipedOutputStream();
        console = new Console("test", new PipedInputStream(guestSide, 1 << 16), sent);
        guest = guestSide;
    }

    private void guestSays(String text) throws IOException {
        guest.write(text.getBytes(StandardCharsets.UTF_8));
        guest.flush();
    }

    @Test
    void shouldReturnWhatCameBeforeTheExpectedText() throws IOException {
        guestSays("one\r\ntwo> three> ");
        assertEquals("one\ntwo", console.expect("> ", LONG));
        assertEquals("three", console.expect("> ", LONG));
    }

    @Test
    void shouldFindTextThatComesInPieces() throws IOException {
        guestSays("…lo");
        assertThrows(GuestException.class, () -> console.expect("login:", SHORT));
        guestSays("gin:");
        assertEquals("…", console.expect("login:", LONG));
    }

    @Test
    void shouldTellWhatTheGuestSaidLastWhenTimeIsUp() throws IOException {
        guestSays("Kernel panic\n");
        console.expect("Kernel", LONG);
        GuestException e =
                assertThrows(GuestException.class, () -> console.expect("login:", SHORT));
        assertTrue(e.getMessage().contains("login:"), e.getMessage());
        assertTrue(e.getMessage().contains("Kernel panic"), e.getMessage());
    }

    @Test
    void shouldNotWaitForAGuestThatHasEnded() throws IOException {
        guestSays("could not connect");
        guest.close();
        GuestException e = assertThrows(GuestException.class, () -> console.expect("=>", LONG));
        assertTrue(e.getMessage().startsWith("the console ended"), e.getMessage());
        assertTrue(e.getMessage().endsWith("could not connect"), e.getMessage());
    }

    @Test
    void shouldSendWhatItIsGiven() {
        console.send("ping 10.0.0.1\n");
        assertEquals("ping 10.0.0.1\n", sent.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldForgetTheOldestOfTooMuch() throws IOException {
        String line = "x".repeat(1023) + "\n";
        for (int i = 0; i < 3 * Console.CAPACITY / line.length(); i++) {
            guestSays(line);
        }
        guestSays("end");
        int kept = console.expect("end", LONG).length();
        assertTrue(kept >= Console.CAPACITY - 3 && kept <= 2 * Console.CAPACITY, "kept " + kept);
        guestSays("after");
        assertEquals("", console.expect("after", LONG));
    }
}
