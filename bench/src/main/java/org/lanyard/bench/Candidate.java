package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;

/** Something that carries frames between guests. */
interface Candidate {
    /** As the tables name it. */
    String name();

    /** Its version, for the record; or why it cannot run here. */
    String version();

    boolean isAvailable();

    /**
     * @param directory an empty directory of its own, with a path short enough for sockets
     */
    Running start(Path directory) throws IOException, InterruptedException;

    /** A started candidate; closing ends it. */
    interface Running extends AutoCloseable {
        /** What {@code loadgen --target} takes. */
        String target();

        long pid();

        @Override
        void close() throws IOException;
    }
}
