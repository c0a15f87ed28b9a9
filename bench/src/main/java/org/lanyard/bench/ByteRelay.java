package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The floor: {@code src/main/c/relay.c}. Carries bytes between two guests, and knows no frames. */
final class ByteRelay implements Candidate {
    static final String NAME = "byte relay";

    private final Path program;

    ByteRelay(Path program) {
        this.program = program;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return "bench/src/main/c/relay.c, gcc -O2";
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Running start(Path directory) throws IOException, InterruptedException {
        Path socket = directory.resolve("relay.sock");
        List<String> command = List.of(program.toString(), socket.toString());
        Process process =
                new ProcessBuilder(RunningProcess.inTheBackground(command)).inheritIO().start();
        Commands.awaitFile(socket, process);
        return new RunningProcess("stream:" + socket, process);
    }
}
