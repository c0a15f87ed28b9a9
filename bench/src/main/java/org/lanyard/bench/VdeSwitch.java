package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** vde_switch of vde2: a C switch over unix datagrams, and QEMU's {@code -netdev vde}. */
final class VdeSwitch implements Candidate, TapSwitch.Kind {
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
        return start(directory, command(directory));
    }

    @Override
    public Running start(Path directory, Namespace middle)
            throws IOException, InterruptedException {
        List<String> command = command(directory);
        TapLab.ENDS.forEach(end -> command.addAll(List.of("-tap", end)));
        return start(directory, middle.inside(command));
    }

    private List<String> command(Path directory) {
        List<String> command = new ArrayList<>(List.of("vde_switch", "--sock"));
        command.addAll(List.of(sockets(directory).toString(), "--numports", "" + ports));
        return command;
    }

    private static Path sockets(Path directory) {
        return directory.resolve("vde");
    }

    private static Running start(Path directory, List<String> command)
            throws IOException, InterruptedException {
        Path sockets = sockets(directory);
        // It ends when its standard input does, so that stays a pipe that nobody closes.
        Process process =
                new ProcessBuilder(RunningProcess.inTheBackground(command))
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("vde.log").toFile())
                        .start();
        Commands.awaitFile(sockets.resolve("ctl"), process);
        return new RunningProcess("vde:" + sockets, process);
    }
}
