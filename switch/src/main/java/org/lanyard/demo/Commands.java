package org.lanyard.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs other programs to their end, within a time. */
final class Commands {
    /** What a program said and how it ended. */
    record Result(int status, String output) {
        boolean succeeded() {
            return status == 0;
        }
    }

    private Commands() {}

    /**
     * Runs a command and takes standard output and error together. A background process that it
     * leaves may keep them open: the output goes through a file, so nobody waits for that.
     *
     * @throws IOException when it can't be started or does not end in time
     */
    static Result run(long seconds, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("lanyard-demo", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            process.getOutputStream().close();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(
                        "'" + String.join(" ", command) + "' did not end within " + seconds + " s");
            }
            String said = Files.readString(output, StandardCharsets.UTF_8).strip();
            return new Result(process.exitValue(), said);
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
