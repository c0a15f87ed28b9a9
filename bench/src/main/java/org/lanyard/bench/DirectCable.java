package org.lanyard.bench;

import java.nio.file.Path;

/** No switch: one guest's QEMU listens, the other's connects. No stream switch gets above it. */
final class DirectCable implements Candidate {
    static final String NAME = "direct";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return "one QEMU's stream socket straight into the other's, no switch";
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Running start(Path directory) {
        return new Unmanned("direct:" + directory.resolve("cable.sock"), () -> {});
    }
}
