package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;

/** The kernel's bridge between two pairs of veth: no frame leaves the kernel, nor is copied. */
final class VethBridge implements TapSwitch.Kind {
    @Override
    public String name() {
        return TapBridge.NAME;
    }

    @Override
    public String version() {
        return "of this kernel; between veths";
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Candidate.Running start(Path directory, Namespace middle)
            throws IOException, InterruptedException {
        middle.ip("link add br0 type bridge");
        middle.ip("link set br0 up");
        for (String end : TapLab.ENDS) {
            String port = "port" + end;
            middle.ip("link add " + port + " type veth peer name " + end);
            middle.ip("link set " + port + " master br0 up");
        }
        // All of it goes with its namespace.
        return new Unmanned(directory.toString(), () -> {});
    }
}
