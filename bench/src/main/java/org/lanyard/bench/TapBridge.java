package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;

/** The kernel's bridge with a TAP for each guest, in a network namespace of its own. */
final class TapBridge implements Candidate {
    static final String NAME = "kernel bridge";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return "of this kernel; between TAPs with offloads (vhost off) for guests, else veths";
    }

    @Override
    public boolean isAvailable() {
        return Namespace.isPossible();
    }

    @Override
    public Running start(Path directory) throws IOException, InterruptedException {
        Namespace namespace = Namespace.create("bridge");
        namespace.ip("link add br0 type bridge");
        namespace.ip("link set br0 up");
        for (String tap : new String[] {"tap0", "tap1"}) {
            namespace.ip("tuntap add dev " + tap + " mode tap");
            namespace.ip("link set " + tap + " master br0 up");
        }
        return new Unmanned("taps:" + namespace.name(), namespace::close);
    }
}
