package org.lanyard.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs and waits for what they make. */
final class Commands {
    private static final int READY_SECONDS = 20;

    private Commands() {}

    /** Where the shell would find a program, or null. */
    static Path find(String program) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path path = Path.of(directory, program);
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        return null;
    }

    /**
     * What the command writes to its standard output; its errors go to ours.
     *
     * @throws IOException when its status is not 0 or it takes longer than that
     */
    static String output(int seconds, List<String> command)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectInput(new File("/dev/null"))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        process.onExit().orTimeout(seconds, TimeUnit.SECONDS).exceptionally(e -> kill(process));
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(
                    String.join(" ", command) + " ended with status " + process.exitValue());
        }
        return text;
    }

    private static Process kill(Process process) {
        process.destroyForcibly();
        return process;
    }

    /** The first line that a command says about itself, or a question mark. */
    static String firstLine(String... command) throws InterruptedException {
        try {
            return output(10, List.of(command)).lines().findFirst().orElse("?").strip();
        } catch (IOException e) {
            return "?";
        }
    }

    static void awaitFile(Path path, Process maker) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!Files.exists(path)) {
            if (!maker.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("no " + path + " came from " + maker.info().commandLine());
            }
            Thread.sleep(20);
        }
    }

    /** Ends a process that we started. */
    static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
