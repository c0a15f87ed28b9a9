package org.lanyard.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.lanyard.config.SwitchConfig;
import org.lanyard.control.RuntimeDir;
import org.lanyard.control.Switch;
import org.lanyard.forward.Clock;

/** A switch in a process of its own, whose memory, descriptors and processor time can be told. */
final class SwitchProcess implements AutoCloseable {
    private static final String READY = "ready";
    private static final String HEAP = "heap ";
    private static final long PATIENCE_SECONDS = 30;

    /** What is looked at again and again. */
    @FunctionalInterface
    interface Look {
        boolean isSo() throws IOException;
    }

    private final Path directory;
    private final Process process;
    private final List<String> log = new CopyOnWriteArrayList<>();

    /**
     * @param limit open files that it may have
     */
    SwitchProcess(Path directory, int limit) throws IOException {
        this.directory = directory;
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command =
                new ArrayList<>(
                        List.of("sh", "-c", "ulimit -n " + limit + " && exec \"$@\"", "sh", java));
        command.addAll(List.of("-ea", "-XX:+UseSerialGC", "-Xms48m", "-Xmx48m"));
        command.addAll(List.of("-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(SwitchProcess.class.getName(), directory.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        process = builder.start();
        Thread reader = new Thread(this::read, "log of the switch process");
        reader.setDaemon(true);
        reader.start();
        await("a switch that is ready", () -> lines(READY) > 0);
    }

    public static void main(String[] arguments) throws Exception {
        Thread answers = new Thread(SwitchProcess::answer, "answers");
        answers.setDaemon(true);
        answers.start();
        RuntimeDir dir = new RuntimeDir(Path.of(arguments[0]));
        new Switch(SwitchConfig.withoutFile(), null, dir, Clock.SYSTEM)
                .run(() -> System.out.println(READY));
    }

    /** Tells the heap in use for each line that comes; ends with whoever started the process. */
    private static void answer() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            while (in.readLine() != null) {
                for (int i = 0; i < 3; i++) {
                    System.gc();
                }
                Runtime runtime = Runtime.getRuntime();
                System.out.println(HEAP + (runtime.totalMemory() - runtime.freeMemory()));
            }
        } catch (IOException e) {
            System.out.println(e);
        }
        Runtime.getRuntime().halt(1);
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(log::add);
        } catch (IOException e) {
            log.add(e.toString());
        }
    }

    WireGuest guest() throws IOException {
        return new WireGuest(directory.resolve("guests.sock"));
    }

    /** How many lines of its log have this part. */
    long lines(String part) {
        return log.stream().filter(line -> line.contains(part)).count();
    }

    List<String> log() {
        return List.copyOf(log);
    }

    void await(String what, Look look) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!look.isSo()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within 30 s: " + what + "; its log: " + log);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    int descriptors() throws IOException {
        return entries("fd");
    }

    int threads() throws IOException {
        return entries("task");
    }

    private int entries(String name) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc/" + process.pid(), name))) {
            return (int) entries.count();
        }
    }

    Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** In KiB: {@code VmSize} is all that is mapped, {@code VmRSS} what of it is in memory. */
    long memory(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid(), "status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /** Bytes of heap in use after a collection. */
    long heap() throws IOException {
        long before = lines(HEAP);
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        await("the heap's size", () -> lines(HEAP) > before);
        String last = log.stream().filter(line -> line.startsWith(HEAP)).reduce("", (a, b) -> b);
        return Long.parseLong(last.substring(HEAP.length()));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the switch did not end on SIGTERM; its log: " + log);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        if (lines("please report it") > 0) {
            throw new AssertionError("a fault of the switch itself: " + log);
        }
    }
}
