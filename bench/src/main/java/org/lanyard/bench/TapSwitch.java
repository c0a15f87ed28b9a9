package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;

/** A candidate between two network namespaces. */
record TapSwitch(Kind kind) implements Candidate {

    /** What can stand in the middle. */
    interface Kind {
        String name();

        String version();

        boolean isAvailable();

        /** Starts it in a namespace, where it makes {@link TapLab#ENDS}. */
        Running start(Path directory, Namespace middle) throws IOException, InterruptedException;
    }

    @Override
    public String name() {
        return kind.name();
    }

    @Override
    public String version() {
        return kind.version();
    }

    @Override
    public boolean isAvailable() {
        return kind.isAvailable();
    }

    @Override
    public Running start(Path directory) throws IOException, InterruptedException {
        TapLab lab = TapLab.create(directory.getFileName().toString());
        Running running = null;
        try {
            running = kind.start(directory, lab.middle());
            lab.handOut();
            return new Between(lab, running);
        } catch (IOException | InterruptedException | RuntimeException e) {
            try (lab) {
                if (running != null) {
                    running.close();
                }
            }
            throw e;
        }
    }

    private record Between(TapLab lab, Running inner) implements Running {
        @Override
        public String target() {
            return lab.target(inner.target());
        }

        @Override
        public long pid() {
            return inner.pid();
        }

        @Override
        public void close() throws IOException {
            try (lab) {
                inner.close();
            }
        }
    }
}
