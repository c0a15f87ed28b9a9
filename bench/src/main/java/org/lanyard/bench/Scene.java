package org.lanyard.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A switch that runs for one attack, or for what it is held against, with its own directory and,
 * where the attack wants it, its own network namespace. One thread, but that another may close it.
 */
final class Scene implements AutoCloseable {
    static final String CONFIGURATION =
            """
            [switch]
            name = "attacked"

            [ports.guests]
            stream = { listen = "unix:guests.sock" }
            """;

    private static final int START_SECONDS = 90;
    private static final int ANSWER_MILLIS = 15_000;

    private final Attack attack;
    private final boolean attacked;
    private final Path directory;
    private final Path scratch;
    private final Path root;
    private final Natives natives;
    private final Namespace namespace;
    private final List<Attacker> kept = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private int spawned;
    private long pid;
    private double startSeconds;
    private Map<String, String> portsAtStart = Map.of();

    private Scene(
            Attack attack, boolean attacked, Path home, Path root, Natives natives, Namespace own) {
        this.attack = attack;
        this.attacked = attacked;
        this.directory = home.resolve("run");
        this.scratch = home;
        this.root = root;
        this.natives = natives;
        this.namespace = own;
    }

    /**
     * @param attacked else it is the one that is left in peace
     * @param home an empty directory, which others may pass
     * @param root of the clone whose switch it is
     */
    static Scene open(Attack attack, boolean attacked, Path home, Path root, Natives natives)
            throws IOException, InterruptedException {
        Namespace own =
                attack.needsNamespace()
                        ? Namespace.create(attack.name() + (attacked ? "" : "-calm"))
                        : null;
        Scene scene = new Scene(attack, attacked, home, root, natives, own);
        Runtime.getRuntime().addShutdownHook(new Thread(scene::closeAnyhow));
        try {
            attack.prepare(scene);
            scene.start();
            attack.settle(scene);
            scene.portsAtStart = scene.ports();
            return scene;
        } catch (IOException | InterruptedException e) {
            scene.close();
            throw e;
        }
    }

    boolean isAttacked() {
        return attacked;
    }

    /** Where the switch has its sockets. */
    Path directory() {
        return directory;
    }

    /** For whatever else is written. */
    Path scratch() {
        return scratch;
    }

    Natives natives() {
        return natives;
    }

    /** Only where the attack wants one. */
    Namespace namespace() {
        return namespace;
    }

    long pid() {
        return pid;
    }

    /** How long {@code lanyard start} took. */
    double startSeconds() {
        return startSeconds;
    }

    List<String> inside(List<String> command) {
        return namespace == null ? command : namespace.inside(command);
    }

    private List<String> lanyard(String... words) {
        List<String> command = new ArrayList<>(List.of(root.resolve("lanyard").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--runtime-dir", directory.toString()));
        return command;
    }

    private void start() throws IOException, InterruptedException {
        Path file = scratch.resolve("attack.toml");
        Files.writeString(file, attack.configuration(this));
        List<String> command = new ArrayList<>(inside(attack.prefix(this)));
        command.addAll(lanyard(attack.command(), "--config", file.toString()));
        long begun = System.nanoTime();
        attack.launch(this, command, START_SECONDS);
        startSeconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        pid = Long.parseLong(Files.readString(directory.resolve("lanyard.pid")).strip());
    }

    /** Starts one of the attack's programs, where the switch is. */
    Attacker spawn(String... command) throws IOException {
        return spawn(List.of(command));
    }

    Attacker spawn(List<String> command) throws IOException {
        return Attacker.start(scratch.resolve("program-" + spawned++), inside(command));
    }

    /** Ends it with the scene. */
    void keep(Attacker program) {
        kept.add(program);
    }

    /** A program that other users may run too, wherever the clone is. */
    Path forOthers(Path program) throws IOException {
        Path copy = scratch.resolve(program.getFileName());
        if (!Files.exists(copy)) {
            Files.copy(program, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
        return copy;
    }

    /** Writes a program that is found first by whoever has {@link #programs} in front of PATH. */
    Path script(String name, String line) throws IOException {
        Path file = Files.createDirectories(programs()).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    Path programs() {
        return scratch.resolve("bin");
    }

    /** The processes that the switch has started. */
    List<Long> children() {
        return ProcessHandle.of(pid)
                .map(handle -> handle.descendants().map(ProcessHandle::pid).toList())
                .orElse(List.of());
    }

    /** Takes the switch that is there now for the one that it began with. */
    void adopt() throws IOException {
        pid = call("status").path("pid").asLong();
    }

    /** Runs another switch from the same clone. */
    List<String> launcher() {
        return List.of(root.resolve("lanyard").toString());
    }

    JsonNode call(String method) throws IOException {
        try {
            return new ControlSocket(directory.resolve("control.sock")).call(method, ANSWER_MILLIS);
        } catch (IOException e) {
            throw new IOException("its control socket: " + e.getMessage(), e);
        }
    }

    /** Seconds that the command {@code status} took; infinite when it failed. */
    double statusSeconds() throws InterruptedException {
        long begun = System.nanoTime();
        try {
            Commands.output(ANSWER_MILLIS / 1000, lanyard("status"));
        } catch (IOException e) {
            return Double.POSITIVE_INFINITY;
        }
        return (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** Each port's state; guests of a listening port are left out, for they come and go. */
    Map<String, String> ports() throws IOException {
        Map<String, String> states = new TreeMap<>();
        for (JsonNode port : call("port.list")) {
            String name = port.path("name").asText();
            if (name.indexOf('/') < 0) {
                states.put(name, port.path("state").asText());
            }
        }
        return states;
    }

    /** How many guests are in. */
    int guests() throws IOException {
        return call("status").path("ports").path("up").asInt();
    }

    /** What of the switch has ended since it started, as sentences. */
    List<String> ended() {
        List<String> gone = new ArrayList<>();
        if (!ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            gone.add("the switch's process ended");
        }
        try {
            Map<String, String> now = ports();
            portsAtStart.forEach(
                    (name, state) -> {
                        if (!state.equals("down") && !state.equals(now.get(name))) {
                            gone.add(name + " was " + state + " and is " + now.get(name));
                        }
                    });
        } catch (IOException e) {
            gone.add("port.list: " + e.getMessage());
        }
        return gone;
    }

    /** The most that the switch had in memory, in MiB; 0 when it is gone. */
    int peakMib() {
        return kib("VmHWM:") / 1024;
    }

    private int kib(String field) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith(field))
                    .map(line -> Integer.parseInt(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** What of the heap is used, where this JVM's kit can ask, in MiB. */
    Optional<Double> heapMib() throws InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            return Optional.empty();
        }
        try {
            String said =
                    Commands.output(
                            10, List.of(jcmd.toString(), Long.toString(pid), "GC.heap_info"));
            // Serial: "def new generation total 4928K, used 2043K", "tenured generation …".
            double kib =
                    said.lines()
                            .filter(line -> line.contains(" generation "))
                            .mapToDouble(
                                    line ->
                                            Double.parseDouble(
                                                    line.replaceAll(".*used (\\d+)K.*", "$1")))
                            .sum();
            return Optional.of(kib / 1024);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whoever would start it again goes first. */
    private void kill(ProcessHandle process) {
        process.parent().filter(h -> isOurs(h.pid())).ifPresent(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** A number may be another process's by now. */
    private boolean isOurs(long number) {
        try {
            String words = Files.readString(Path.of("/proc/" + number + "/cmdline"));
            return words.contains(directory.toString());
        } catch (IOException e) {
            return false;
        }
    }

    /** Whatever ends this program, nothing of it stays. */
    private void closeAnyhow() {
        try {
            close();
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            Commands.output(30, lanyard("stop"));
        } catch (IOException e) {
            // It is ended below, whatever it thinks.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ProcessHandle.of(pid).filter(h -> isOurs(pid)).ifPresent(this::kill);
        kept.forEach(Attacker::end);
        if (namespace != null) {
            namespace.close();
        }
    }
}
