package org.lanyard.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One program of an attack, or the harmless one in its place, in a session of its own.
 *
 * @param said what it writes
 */
record Attacker(Process process, Path said) {
    private static final int READY_SECONDS = 30;

    static Attacker start(Path said, List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(RunningProcess.inTheBackground(command))
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        return new Attacker(process, said);
    }

    /** CPU seconds until now; 0 when it has ended. */
    double used() {
        try {
            return CpuTime.used(process.pid(), false);
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Waits for its line {@code ready N}.
     *
     * @return N, or 0 when it does not come
     */
    int awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (System.nanoTime() < deadline && process.isAlive()) {
            for (String line : Files.readAllLines(said)) {
                if (line.startsWith("ready ")) {
                    return Integer.parseInt(line.substring("ready ".length()).strip());
                }
            }
            Thread.sleep(20);
        }
        return 0;
    }

    /**
     * @param name of the signal, without SIG
     */
    void signal(String name) throws IOException, InterruptedException {
        if (process.isAlive()) {
            Commands.output(10, List.of("kill", "-" + name, Long.toString(process.pid())));
        }
    }

    void end() {
        Commands.end(process);
    }
}
