package org.lanyard.cli;

import java.util.List;
import org.lanyard.control.JavaProgram;

/** How to run this program again. */
final class Launcher {
    private Launcher() {}

    /**
     * The launcher script where one started us, for it knows the JVM's options; else java itself.
     */
    static List<String> command() {
        String script = System.getenv("LANYARD_LAUNCHER");
        return script != null && !script.isEmpty()
                ? List.of(script)
                : JavaProgram.command(Lanyard.class, HeapSize.USUAL, HeapSize.MAY_GROW);
    }
}
