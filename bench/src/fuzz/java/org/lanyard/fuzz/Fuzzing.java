package org.lanyard.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Jazzer with one target, in a process of its own: Code Intelligence's fuzzer for the JVM, which is
 * libFuzzer with the coverage of Java's byte code. Nothing of it is in the switch.
 */
public final class Fuzzing implements AutoCloseable {
    /** What is not a fault of the switch's: an assertion of tomlj's that its release leaves off. */
    private static final String ASSERTIONS = "-da:org.tomlj...";

    private static final String INSTRUMENTED = "org.lanyard.**:org.tomlj.**:com.fasterxml.**";
    /** A try that takes so long hangs, on a busy machine too. */
    private static final int SLOW_SECONDS = 180;

    /** For example {@code #1234 NEW cov: 155 ft: 202 corp: 24/298b …}. */
    private static final Pattern PULSE =
            Pattern.compile("#(\\d+)\\s.*?cov: (\\d+) ft: (\\d+) corp: (\\d+)/(\\S+)");

    private final Target target;
    private final Path directory;
    private final Process process;

    private Fuzzing(Target target, Path directory, List<String> words) throws IOException {
        this.target = target;
        this.directory = directory;
        Files.createDirectories(grown());
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString(), "-ea", ASSERTIONS));
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx768m", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add("com.code_intelligence.jazzer.Jazzer");
        command.add("--target_class=" + target.className());
        command.add("--instrumentation_includes=" + INSTRUMENTED);
        command.add("--reproducer_path=" + directory);
        command.add("-artifact_prefix=" + directory + "/");
        command.add("-timeout=" + SLOW_SECONDS);
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        process = builder.redirectOutput(log().toFile()).start();
    }

    /**
     * Tries what is in the corpus, then what it makes of that.
     *
     * @param directory for findings, the log, and what is worth trying too
     */
    public static Fuzzing start(Target target, Path directory, long seconds) throws IOException {
        return new Fuzzing(
                target,
                directory,
                List.of(
                        "-max_total_time=" + seconds,
                        directory.resolve("grown").toString(),
                        target.corpus().toString()));
    }

    /** Picks the fewest tries that cover as much as all do. */
    public static Fuzzing minimise(Target target, Path directory, Path to) throws IOException {
        Files.createDirectories(to);
        return new Fuzzing(
                target,
                directory,
                List.of(
                        "-merge=1",
                        to.toString(),
                        target.corpus().toString(),
                        directory.resolve("grown").toString()));
    }

    public Target target() {
        return target;
    }

    private Path grown() {
        return directory.resolve("grown");
    }

    public Path log() {
        return directory.resolve("log");
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public boolean await(long seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    /** Whether it came to its end, and found nothing. */
    public boolean passed() {
        return !process.isAlive() && process.exitValue() == 0;
    }

    /** How far it is, for people. */
    public String pulse() {
        Optional<Matcher> last =
                log(0).lines().map(PULSE::matcher).filter(Matcher::find).reduce((a, b) -> b);
        return last.map(
                        m ->
                                m.group(1)
                                        + " tries, "
                                        + m.group(2)
                                        + " branches, corpus of "
                                        + m.group(4))
                .orElse("starting");
    }

    /** The log's last lines, or all for 0. */
    public String log(int lines) {
        try {
            String all = new String(Files.readAllBytes(log()), StandardCharsets.ISO_8859_1);
            List<String> each = all.lines().toList();
            int from = lines == 0 ? 0 : Math.max(0, each.size() - lines);
            return String.join("\n", each.subList(from, each.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tries that were findings. */
    public List<Path> findings() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches("(crash|timeout|oom)-.*"))
                    .sorted()
                    .toList();
        }
    }

    /** Ends the process, if it is there still. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
