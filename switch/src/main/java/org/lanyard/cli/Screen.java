package org.lanyard.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * The terminal that a command was typed in, while it has all of the screen: keys come unechoed, one
 * by one, and what was on the screen comes back at the end. It is set by stty(1).
 */
final class Screen implements AutoCloseable {
    /** Where a cell is: lines and columns. */
    record Size(int lines, int columns) {}

    private static final String DEVICE = "/dev/tty";
    private static final Size USUAL = new Size(24, 80);

    private static final String OTHER_SCREEN = "\033[?1049h\033[?25l";
    private static final String FIRST_SCREEN = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    private final PrintWriter out;
    private final String settings;
    private final InputStream keys;

    private Screen(PrintWriter out, String settings, InputStream keys) {
        this.out = out;
        this.settings = settings;
        this.keys = keys;
    }

    /**
     * Takes the screen.
     *
     * @param out standard output
     * @throws IOException when there is no terminal to be set
     */
    static Screen take(PrintWriter out) throws IOException {
        String settings = stty("-g").strip();
        InputStream keys = new FileInputStream(DEVICE);
        // A read comes back after a tenth of a second; Ctrl-Z would leave the screen to the shell.
        stty("-icanon", "-echo", "min", "0", "time", "1", "susp", "undef");
        out.print(OTHER_SCREEN);
        out.flush();
        return new Screen(out, settings, keys);
    }

    private static String stty(String... words) throws IOException {
        String[] command = new String[words.length + 3];
        command[0] = "stty";
        command[1] = "-F";
        command[2] = DEVICE;
        System.arraycopy(words, 0, command, 3, words.length);
        Process stty = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            byte[] told = stty.getInputStream().readAllBytes();
            String text = new String(told, StandardCharsets.UTF_8);
            if (stty.waitFor() != 0) {
                throw new IOException("the terminal can't be set: " + text.strip());
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** As it is now: a window may change. */
    Size size() {
        try {
            String[] size = stty("size").strip().split(" ");
            int lines = Integer.parseInt(size[0]);
            int columns = Integer.parseInt(size[1]);
            return lines > 0 && columns > 0 ? new Size(lines, columns) : USUAL;
        } catch (IOException | NumberFormatException e) {
            return USUAL;
        }
    }

    /** Draws from the top; lines that are as wide as the screen, and no more than it has. */
    void draw(Iterable<String> lines) {
        StringBuilder screen = new StringBuilder(HOME);
        String separator = "";
        for (String line : lines) {
            screen.append(separator).append(line).append(CLEAR_LINE);
            separator = "\n"; // stty leaves it to the terminal driver to begin a line
        }
        out.print(screen.append(CLEAR_BELOW));
        out.flush();
    }

    /** The next key, or -1 when none came within a tenth of a second. */
    int key() throws IOException {
        return keys.read();
    }

    @Override
    public void close() throws IOException {
        out.print(FIRST_SCREEN);
        out.flush();
        keys.close();
        stty(settings);
    }
}
