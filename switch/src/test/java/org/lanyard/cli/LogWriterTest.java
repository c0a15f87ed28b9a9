package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogWriterTest {
    private final CountDownLatch reading = new CountDownLatch(1);
    private final List<String> read = new ArrayList<>();

    /** A pipe that nobody reads from before {@link #reading}. */
    private final PrintStream full =
            new PrintStream(
                    new OutputStream() {
                        @Override
                        public void write(int b) {
                            throw new AssertionError("one byte only");
                        }

                        @Override
                        public void write(byte[] bytes, int offset, int length) {
                            try {
                                assertTrue(reading.await(50, TimeUnit.SECONDS), "nobody reads");
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            read.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
                        }
                    },
                    true,
                    StandardCharsets.UTF_8);

    @Test
    void shouldKeepNobodyWaitingForWhoReadsTheLogAndTellWhatIsLost() {
        LogWriter writer = new LogWriter(full, lost -> lost + " are lost\n");
        int lines = 5_000;
        for (int i = 0; i < lines; i++) {
            writer.write("line " + i + "\n"); // would not return, on the thread that logs
        }
        reading.countDown();
        writer.drain(20_000);
        String all = String.join("", read);
        long written = all.lines().filter(line -> line.startsWith("line ")).count();
        assertTrue(all.startsWith("line 0\nline 1\n"), all);
        assertTrue(written < lines, "what waits is bounded");
        assertEquals((lines - written) + " are lost", all.lines().reduce((a, b) -> b).orElse(""));
    }
}
