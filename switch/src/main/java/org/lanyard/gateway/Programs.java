package org.lanyard.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.lanyard.tapio.Wait;

/** Finds other programs of the system's, and runs short ones to their end. */
public final class Programs {
    private static final int PATIENCE_SECONDS = 5;
    private static final int MOST_SAID = 1 << 20;

    /** What one wrote, both streams, and its exit status. */
    record Result(int status, String said) {}

    private Programs() {}

    /** On PATH, or where daemons are, which is not on everybody's PATH. */
    public static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/sbin", "/sbin"))
                .filter(dir -> !dir.isEmpty())
                .map(dir -> Path.of(dir, name))
                .filter(file -> Files.isExecutable(file) && !Files.isDirectory(file))
                .findFirst();
    }

    /**
     * @param what needs it, for the user who has not got it
     * @throws IOException with the mend where it is not there
     */
    static Path need(String name, String what, String debianPackage) throws IOException {
        return find(name)
                .orElseThrow(
                        () ->
                                new IOException(
                                        what
                                                + " needs the program "
                                                + name
                                                + "; on Debian and Ubuntu: apt install "
                                                + debianPackage));
    }

    /**
     * The words by which setpriv(1), run by root, becomes another user.
     *
     * @param user a name or a number
     * @param group its only one, likewise
     * @param rights the capabilities that it has, as setpriv takes them
     */
    static List<String> asAnother(String user, String group, String rights) {
        List<String> words = new ArrayList<>(List.of("--reuid", user, "--regid", group));
        words.add("--clear-groups");
        for (String set : List.of("--inh-caps", "--ambient-caps", "--bounding-set")) {
            words.addAll(List.of(set, rights));
        }
        return words;
    }

    /**
     * @param input all of its standard input
     * @throws IOException when it can't be started or does not end within 5 s, after which it is
     *     killed
     */
    static Result run(String input, List<String> command) throws IOException {
        String name = Path.of(command.get(0)).getFileName().toString();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Wait wait = Wait.on(name);
        try {
            CompletableFuture<byte[]> said = new CompletableFuture<>();
            // One of its own, for one that hangs keeps it.
            Thread reader = new Thread(() -> said.complete(said(process)), "lanyard-" + name);
            reader.setDaemon(true);
            reader.start();
            try (var standardInput = process.getOutputStream()) {
                standardInput.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended before it read all: its status tells.
            }
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(
                        name + " did not answer within " + PATIENCE_SECONDS + " s and was killed");
            }
            byte[] text = said.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return new Result(
                    process.exitValue(), new String(text, StandardCharsets.UTF_8).strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.get(0) + " ran", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(command.get(0) + " can't be read", e);
        } finally {
            process.destroyForcibly();
            wait.end();
        }
    }

    private static byte[] said(Process process) {
        try {
            return process.getInputStream().readNBytes(MOST_SAID);
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
