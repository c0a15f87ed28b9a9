package org.lanyard.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The packaged program, each command a process of its own, about one runtime directory. */
final class Program {
    private static final long PATIENCE_SECONDS = 90;

    private final List<String> prefix;
    private final Path java;
    private final Path lib;
    private final Path dir;
    private final Path workingDirectory;
    private final String path;

    private Program(
            List<String> prefix,
            Path java,
            Path lib,
            Path dir,
            Path workingDirectory,
            String path) {
        this.prefix = List.copyOf(prefix);
        this.java = java;
        this.lib = lib;
        this.dir = dir;
        this.workingDirectory = workingDirectory;
        this.path = path;
    }

    /**
     * @param dir the runtime directory
     */
    static Program in(Path dir) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new Program(List.of(), java, packaged(), dir, Path.of("/"), System.getenv("PATH"));
    }

    /** Where {@code mvn package} put the program and its libraries. */
    static Path packaged() {
        Path lib = Path.of("target", "dist", "lib").toAbsolutePath();
        if (!Files.exists(lib.resolve("lanyard.jar"))) {
            throw new IllegalStateException("no lanyard.jar in " + lib + ": run mvn package first");
        }
        return lib;
    }

    /** By another JDK. */
    Program by(Path otherJava) {
        return new Program(prefix, otherJava, lib, dir, workingDirectory, path);
    }

    /** From a copy of the program's directory. */
    Program from(Path otherLib) {
        return new Program(prefix, java, otherLib, dir, workingDirectory, path);
    }

    /** Behind the words of another command, such as {@code setpriv} or {@code ip netns exec}. */
    Program behind(String... words) {
        return new Program(List.of(words), java, lib, dir, workingDirectory, path);
    }

    Program workingIn(Path directory) {
        return new Program(prefix, java, lib, dir, directory, path);
    }

    /** With another PATH. */
    Program finding(String otherPath) {
        return new Program(prefix, java, lib, dir, workingDirectory, otherPath);
    }

    /** The switch's runtime directory. */
    Path dir() {
        return dir;
    }

    Path path(String name) {
        return dir.resolve(name);
    }

    /** What a command left: its exit status and what it wrote. */
    record Ended(int exitCode, String out, String err) {}

    /** A command that this test waits for, or ends. */
    Process spawn(String... words) throws IOException {
        return spawn(command(words));
    }

    /** The same as one line for a shell. */
    String shellLine(String... words) {
        return String.join(" ", command(words));
    }

    /** A shell's line in a terminal of its own, of which standard output is the screen. */
    Ended inTerminal(String line) throws Exception {
        return end(spawn(List.of("script", "-qec", line, "/dev/null")));
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        java.toString(),
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-jar",
                        lib.resolve("lanyard.jar").toString()));
        command.addAll(List.of(words));
        return command;
    }

    private Process spawn(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(workingDirectory.toFile());
        builder.environment().remove("LANYARD_LAUNCHER");
        builder.environment().remove("XDG_RUNTIME_DIR");
        builder.environment().put("LANYARD_RUNTIME_DIR", dir.toString());
        builder.environment().put("PATH", path);
        builder.environment().put("LC_ALL", "C.UTF-8");
        return builder.start();
    }

    /** A command and its end, which comes within 90 s. */
    Ended run(String... words) throws Exception {
        return end(spawn(words));
    }

    static Ended end(Process process) throws Exception {
        try {
            process.getOutputStream().close();
            CompletableFuture<byte[]> err = CompletableFuture.supplyAsync(() -> all(process));
            CompletableFuture<byte[]> out =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return process.getInputStream().readAllBytes();
                                } catch (IOException e) {
                                    return new byte[0];
                                }
                            });
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("no end within " + PATIENCE_SECONDS + " s: " + process);
            }
            return new Ended(process.exitValue(), text(out), text(err));
        } finally {
            process.destroyForcibly();
        }
    }

    private static byte[] all(Process process) {
        try {
            return process.getErrorStream().readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private static String text(CompletableFuture<byte[]> bytes) throws Exception {
        return new String(bytes.get(PATIENCE_SECONDS, TimeUnit.SECONDS), StandardCharsets.UTF_8);
    }

    /** A command that is done when this returns. */
    Ended succeed(String... words) throws Exception {
        Ended ended = run(words);
        if (ended.exitCode() != 0) {
            throw new AssertionError(String.join(" ", words) + " failed: " + ended);
        }
        return ended;
    }

    /** The running switch's process. */
    ProcessHandle process() throws IOException {
        String pid = Files.readString(path("lanyard.pid")).strip();
        return ProcessHandle.of(Long.parseLong(pid))
                .orElseThrow(() -> new AssertionError("no process " + pid));
    }

    /** Ends the running switch, and what would start it again, as a machine without power does. */
    void kill() throws Exception {
        Files.deleteIfExists(path("lanyard.supervisor"));
        ProcessHandle process = process();
        process.destroyForcibly();
        process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Ends what a failed test may have left in the runtime directory. */
    void cleanUp() throws IOException {
        if (Files.exists(path("lanyard.supervisor"))) { // not so where its directory is a file
            Files.delete(path("lanyard.supervisor"));
        }
        for (ProcessHandle left : processes()) {
            left.destroyForcibly();
        }
    }

    /** The switches of this runtime directory. */
    List<ProcessHandle> processes() throws IOException {
        List<ProcessHandle> found = new ArrayList<>();
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            Path commandLine = Path.of("/proc/" + process.pid() + "/cmdline");
            try {
                String words = Files.readString(commandLine, StandardCharsets.ISO_8859_1);
                boolean isShell = words.startsWith("/bin/sh\0"); // which supervises one
                if (!isShell && words.contains("--detached\0--runtime-dir\0" + dir + "\0")) {
                    found.add(process);
                }
            } catch (IOException e) {
                // It ended meanwhile.
            }
        }
        return found;
    }
}
