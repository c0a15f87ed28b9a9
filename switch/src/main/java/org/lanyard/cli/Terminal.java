package org.lanyard.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** The terminal that a command was typed in. */
final class Terminal {
    private Terminal() {}

    /** Whether what is written to standard output is for eyes. */
    static boolean isStandardOutput() {
        try {
            return new ProcessBuilder("test", "-t", "1")
                            .redirectOutput(Redirect.INHERIT)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
