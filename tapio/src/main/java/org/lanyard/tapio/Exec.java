package org.lanyard.tapio;

import java.nio.file.Path;
import java.util.List;

/**
 * Lets this process become another program, with its pid, environment and what it has open:
 * execv(2).
 */
public final class Exec {
    private Exec() {}

    /**
     * Does not return.
     *
     * @param words the program's, its name included
     * @throws ErrnoException when it can't be; then all is as it was
     */
    public static void become(Path program, List<String> words) throws ErrnoException {
        try (Region argv = Spawn.vector(words)) {
            LibC.execv(program.toString(), argv.address());
            throw new ErrnoException("start " + program, LibC.errno());
        }
    }
}
