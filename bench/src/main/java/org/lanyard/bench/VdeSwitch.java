package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** vde_switch of vde2: a C switch over unix datagrams, and QEMU's {@code -netdev vde}. */
final class VdeSwitch implements Candidate {
    static final String NAME = "vde_switch";

    private final int ports;

    /**
     * @param ports guests that it can take; it looks through all of them for a flooded frame
     */
    VdeSwitch(int ports) {
        this.ports = ports;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        try {
            return Commands.firstLine("vde_switch", "--version");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "?";
        }
    }

    @Override
    public boolean isAvailable() {
        return Commands.find("vde_switch") != null;
    }

    @Override
    public Running start(Path directory) throws IOException, InterruptedException {
        Path sockets = directory.resolve("vde");
        // It ends when its standard input does, so that stays a pipe that nobody closes.
        Process process =
                new ProcessBuilder(
                                List.of(
                                        "vde_switch",
                                        "--sock",
                                        sockets.toString(),
                                        "--numports",
                                        Integer.toString(ports)))
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("vde.log").toFile())
                        .start();
        Commands.awaitFile(sockets.resolve("ctl"), process);
        return new RunningProcess("vde:" + sockets, process);
    }
}
