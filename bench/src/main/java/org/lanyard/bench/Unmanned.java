package org.lanyard.bench;

import java.io.Closeable;
import java.io.IOException;

/** A candidate without a process of its own: the kernel's, or none at all. */
record Unmanned(String target, Closeable end) implements Candidate.Running {
    @Override
    public long pid() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        end.close();
    }
}
