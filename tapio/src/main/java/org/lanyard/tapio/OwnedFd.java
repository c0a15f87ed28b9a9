package org.lanyard.tapio;

import java.io.Closeable;

/** A descriptor that no channel of a library owns. */
record OwnedFd(int fd) implements Closeable {
    @Override
    public void close() {
        LibC.close(fd);
    }
}
