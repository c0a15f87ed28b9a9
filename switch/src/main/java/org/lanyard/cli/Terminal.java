package org.lanyard.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Help.Ansi;

/** Whether standard output is a terminal, and how wide; found without a native library. */
final class Terminal {
    private static final Path OUTPUT = Path.of("/proc/self/fd/1");

    /** So wide that nothing is ever cut. */
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private Terminal() {}

    /** The device, or null where output goes into a file or a pipe. */
    private static Path device() {
        try {
            Path device = Files.readSymbolicLink(OUTPUT);
            return device.startsWith("/dev/pts") || device.toString().matches("/dev/tty.+")
                    ? device
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Whether what is written to standard output is for eyes. */
    static boolean isStandardOutput() {
        return device() != null;
    }

    /** Colours for a terminal alone, unless NO_COLOR (no-color.org) or a dumb one forbids them. */
    static Ansi ansi() {
        boolean forbidden =
                !System.getenv().getOrDefault("NO_COLOR", "").isEmpty()
                        || System.getenv().getOrDefault("TERM", "dumb").equals("dumb");
        return !forbidden && device() != null ? Ansi.ON : Ansi.OFF;
    }

    /** Characters in a line, as {@code COLUMNS} or the terminal says. */
    static int columns() {
        Path device = device();
        if (device == null) {
            return UNBOUNDED;
        }
        int said = number(System.getenv().getOrDefault("COLUMNS", ""));
        return said > 0 ? said : ask(device);
    }

    private static int ask(Path device) {
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(new File(device.toString()))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            byte[] answer = stty.getInputStream().readNBytes(32);
            stty.waitFor(1, TimeUnit.SECONDS);
            String[] rowsAndColumns = new String(answer, StandardCharsets.US_ASCII).split("\\s+");
            int columns = rowsAndColumns.length < 2 ? 0 : number(rowsAndColumns[1]);
            return columns > 0 ? columns : UNBOUNDED; // 0 where nobody has set it
        } catch (IOException e) {
            return UNBOUNDED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNBOUNDED;
        }
    }

    private static int number(String text) {
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    }
}
