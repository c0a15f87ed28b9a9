package org.lanyard.tapio;

import java.io.File;
import java.io.IOException;
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

/**
 * How a Java program is started that is to be shut in: in user, mount, pid and ipc namespaces of
 * its own where they can be had, and under Landlock elsewhere. A JVM that runs can enter neither:
 * it has many threads. It finishes the work by {@link Confinement}, when it has loaded what it
 * needs.
 *
 * <pre>
 *   NAMESPACES   setpriv ─ unshare ─┊─ sh, pid 1 ─ java     sees all files until {@code EmptyRoot}
 *   LANDLOCK     setpriv ─ java                             sees Java, libraries and /proc only
 *   NONE         setpriv ─ java
 * </pre>
 *
 * <p>The program dies with a thread of this process that exists for that.
 */
public final class Enclosure {
    /** What it is shut in by. */
    public enum Kind {
        NAMESPACES,
        LANDLOCK,
        NONE
    }

    private static final int PROBE_SECONDS = 5;
    private static final int MEANWHILE_SECONDS = 5;
    private static final long START_SECONDS = 10;

    /** Where Linux distributions have programs and libraries, and what the dynamic linker reads. */
    private static final List<String> SYSTEM =
            List.of(
                    "/usr",
                    "/bin",
                    "/sbin",
                    "/lib",
                    "/lib64",
                    "/opt",
                    "/nix/store",
                    "/gnu/store",
                    "/etc/ld.so.cache",
                    "/etc/ld.so.preload",
                    "/etc/nsswitch.conf",
                    "/etc/localtime",
                    "/proc",
                    "/dev/null",
                    "/dev/zero",
                    "/dev/random",
                    "/dev/urandom");

    private static final List<String> JAVA_LINKS =
            List.of("lib/jvm.cfg", "conf/security/java.security", "conf/net.properties");

    /**
     * It is the parent of the JVM, which a signal of its own could not end as the first process of
     * a namespace, and passes on how it ended.
     */
    private static final List<String> FIRST_PROCESS =
            List.of("/bin/sh", "-c", "exec 3>&2 2>/dev/null; (\"$@\" 2>&3 3>&-); exit $?", "sh");

    private static final List<String> PLACE = List.of("mount", "-t", "tmpfs", "lanyard", "/dev");

    private final Kind kind;
    private final List<String> words;

    private Enclosure(Kind kind, List<String> words) {
        this.kind = kind;
        this.words = List.copyOf(words);
    }

    /**
     * The best that this host has; takes a moment to find out, once.
     *
     * @param unshare the program of util-linux, where it is there
     * @param setpriv likewise
     * @param namespaces false to do without them
     */
    public static Enclosure best(
            Optional<Path> unshare, Optional<Path> setpriv, boolean namespaces) {
        List<String> dying = new ArrayList<>();
        List<String> losing = new ArrayList<>();
        if (setpriv.isPresent()) {
            dying.addAll(List.of(setpriv.get().toString(), "--pdeathsig", "KILL"));
            losing.addAll(dying);
            losing.addAll(losingRights());
        }
        if (namespaces && unshare.isPresent()) {
            List<String> leaving = new ArrayList<>(List.of(unshare.get().toString()));
            Optional<List<String>> user = user();
            if (user.isPresent()) {
                leaving.addAll(user.get());
                leaving.addAll(
                        List.of("--mount", "--pid", "--ipc", "--fork", "--kill-child=SIGKILL"));
                if (succeeds(Stream.of(leaving, PLACE).flatMap(List::stream).toList())) {
                    return new Enclosure(
                            Kind.NAMESPACES,
                            Stream.of(dying, leaving, FIRST_PROCESS)
                                    .flatMap(List::stream)
                                    .toList());
                }
            }
        }
        return new Enclosure(Landlock.version() > 0 ? Kind.LANDLOCK : Kind.NONE, losing);
    }

    /**
     * The user namespace that it takes, none for root that can become nobody; empty where it would
     * take away the right to listen below port 1024.
     */
    private static Optional<List<String>> user() {
        if (LibC.geteuid() == 0 && Confinement.hasNobody()) {
            return Optional.of(List.of());
        }
        return Capabilities.netBindService()
                ? Optional.empty()
                : Optional.of(List.of("--user", "--map-current-user", "--keep-caps"));
    }

    /** What is not root loses what else it may be able to; the bounding set is for who may. */
    private static List<String> losingRights() {
        if (LibC.geteuid() == 0 && Confinement.hasNobody()) {
            return List.of();
        }
        String left = Capabilities.netBindService() ? "-all,+net_bind_service" : "-all";
        List<String> words = new ArrayList<>(List.of("--no-new-privs", "--inh-caps", left));
        words.addAll(List.of("--ambient-caps", left));
        if (Capabilities.setPcap()) {
            words.addAll(List.of("--bounding-set", left));
        }
        return words;
    }

    private static boolean succeeds(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try {
                return process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public Kind kind() {
        return kind;
    }

    /** For a log. */
    @Override
    public String toString() {
        return switch (kind) {
            case NAMESPACES -> "namespaces";
            case LANDLOCK -> "Landlock";
            case NONE -> "a filter of system calls alone";
        };
    }

    /**
     * Starts it.
     *
     * @param builder of the program, whose command is changed
     * @param name of the thread with which it dies
     * @param readable what of the file system it needs beyond Java and the system's libraries
     * @param meanwhile is done every few seconds, by that thread, while it runs
     */
    public Process start(
            ProcessBuilder builder, String name, List<Path> readable, Runnable meanwhile)
            throws IOException {
        builder.command().addAll(0, words);
        CompletableFuture<Process> started = new CompletableFuture<>();
        List<Path> files = readable(builder, readable);
        Thread thread = new Thread(() -> live(builder, files, started, meanwhile), name);
        thread.setDaemon(true);
        thread.start();
        try {
            return started.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a process was started", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            started.thenAccept(Process::destroyForcibly);
            throw new IOException("a process was not started within " + START_SECONDS + " s", e);
        }
    }

    /**
     * The pid of the program itself, as this process sees it; what {@link #start} returned may be
     * its grandparent. While it is being started it may be the one that it will become.
     */
    public long pidOf(Process started) {
        long pid = started.pid();
        if (kind == Kind.NAMESPACES) {
            for (long next = childOf(pid); next > 0; next = childOf(pid)) {
                pid = next;
            }
        }
        return pid;
    }

    /** The only one, or 0. Also where /proc hides processes, and where it has no such file. */
    private static long childOf(long pid) {
        Path children = Path.of("/proc/" + pid + "/task/" + pid + "/children");
        try {
            String[] pids = Files.readString(children).strip().split(" ");
            return pids[0].isEmpty() ? 0 : Long.parseLong(pids[0]);
        } catch (IOException e) {
            return ProcessHandle.of(pid).stream()
                    .flatMap(ProcessHandle::children)
                    .mapToLong(ProcessHandle::pid)
                    .findFirst()
                    .orElse(0);
        }
    }

    private List<Path> readable(ProcessBuilder builder, List<Path> more) {
        List<Path> files = new ArrayList<>(more);
        SYSTEM.forEach(path -> files.add(Path.of(path)));
        Path home = Path.of(System.getProperty("java.home"));
        files.add(home);
        for (String linked : JAVA_LINKS) { // Debian has them below /etc
            try {
                files.add(home.resolve(linked).toRealPath().getParent());
            } catch (IOException e) {
                // This Java has no such file.
            }
        }
        addAll(files, System.getProperty("java.class.path"));
        addAll(files, builder.environment().get("LD_LIBRARY_PATH"));
        return files;
    }

    private static void addAll(List<Path> files, String path) {
        Stream.of((path == null ? "" : path).split(File.pathSeparator))
                .filter(element -> !element.isEmpty())
                .map(Path::of)
                .filter(Files::exists)
                .forEach(files::add);
    }

    private void live(
            ProcessBuilder builder,
            List<Path> files,
            CompletableFuture<Process> started,
            Runnable meanwhile) {
        Process process;
        try {
            Landlock landlock = new Landlock();
            if (kind == Kind.LANDLOCK) {
                landlock.reading(files);
            }
            landlock.restrictThread();
            process = builder.start();
        } catch (IOException | RuntimeException | Error e) {
            started.completeExceptionally(e);
            return;
        }
        started.complete(process);
        while (process.isAlive()) {
            try {
                if (!process.waitFor(MEANWHILE_SECONDS, TimeUnit.SECONDS)) {
                    meanwhile.run();
                }
            } catch (InterruptedException e) {
                // Nobody is to interrupt it.
            }
        }
    }
}
