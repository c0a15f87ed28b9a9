package org.lanyard.control;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lanyard.slirp.HostForward;
import org.lanyard.slirp.Main;
import org.lanyard.slirp.UserNetwork;
import org.lanyard.tapio.Enclosure;
import org.lanyard.tapio.LibC;

/**
 * The process behind a {@code user} port: started, asked one thing at a time, ended. What it writes
 * is read by two threads in bounded pieces, for hostile frames may have made it another program.
 * The control thread starts it, and it dies with that thread.
 */
final class UserChild {
    private static final int LONGEST_LINE = 500;

    /** More than there are guests to tell of: one that leaves as many unread hangs. */
    private static final int MOST_COMMANDS = 1 << 15;

    /** Ends the name of its directory. */
    private static final String ETC = "-etc";

    private static final int SIGNALLED = 128;
    private static final long END_MILLIS = 2_000;

    /** Of the switch's environment, what finds a home, a library or a temporary directory. */
    private static final Set<String> ENVIRONMENT =
            Set.of("HOME", "PATH", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH");

    /** Where JNA finds its native half, or may unpack it. */
    private static final List<String> LIBRARY_PROPERTIES =
            List.of(
                    "java.io.tmpdir",
                    "jna.boot.library.path",
                    "jna.library.path",
                    "jna.nosys",
                    "jna.nounpack",
                    "jna.tmpdir");

    private final Process process;
    private final Enclosure enclosure;
    private final NameServers names;
    private final OutputStream stdin;
    private final BlockingQueue<String> commands = new LinkedBlockingQueue<>(MOST_COMMANDS);
    private final Consumer<String> log;

    /** What it says unasked, and its answers to {@link #askWhetherAlive}. */
    private final Consumer<String> news;

    private final CompletableFuture<String> ready = new CompletableFuture<>();

    /** In the order of the questions; the lock of all of them is this object's. */
    private final Deque<CompletableFuture<String>> unanswered = new ArrayDeque<>();

    private CompletableFuture<Void> gone;
    private volatile String lastWords = "";

    /** The program's own; 0 until it serves. */
    private volatile long pid;

    private UserChild(
            Process process,
            Enclosure enclosure,
            NameServers names,
            Consumer<String> log,
            Consumer<String> news) {
        this.process = process;
        this.enclosure = enclosure;
        this.names = names;
        this.stdin = process.getOutputStream();
        this.log = log;
        this.news = news;
        this.unanswered.add(ready);
    }

    /**
     * Starts it; {@link #answer} tells then whether it can serve.
     *
     * @param enclosure in which it is to be
     * @param socket where it connects, to be listened at
     * @param smbSocket where it sends guests' connections to a shared directory
     * @param log is told what it writes to standard error, line by line, on another thread
     * @param news is told its answers to {@link #askWhetherAlive} and its own questions, on another
     *     thread
     * @throws IOException when there is no Java to run
     */
    static UserChild start(
            Enclosure enclosure,
            UserNetwork network,
            Path socket,
            Optional<Path> smbSocket,
            Consumer<String> log,
            Consumer<String> news)
            throws IOException {
        List<String> command = new ArrayList<>(command());
        command.add(Main.SOCKET + socket);
        smbSocket.ifPresent(path -> command.add(Main.SMB_SOCKET + path));
        command.add(Main.PARENT + ProcessHandle.current().pid());
        NameServers names = new NameServers(socket.resolveSibling(socket.getFileName() + ETC));
        if (enclosure.kind() == Enclosure.Kind.NAMESPACES) {
            names.create();
            command.add(Main.NAMESPACES + true);
            command.add(Main.ETC + names.directory());
        }
        command.addAll(network.words());
        ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
        builder.environment().keySet().retainAll(ENVIRONMENT);
        AtomicReference<UserChild> own = new AtomicReference<>();
        UserChild child =
                new UserChild(
                        enclosure.start(
                                builder,
                                "lanyard-" + socket.getFileName().toString().substring(1),
                                readable(network, socket, smbSocket),
                                () -> follow(own.get())),
                        enclosure,
                        names,
                        log,
                        news);
        own.set(child);
        Thread answers =
                child.read("lanyard-user-answers", child.process.getInputStream(), child::answered);
        Thread words = child.read("lanyard-user-log", child.process.getErrorStream(), child::wrote);
        child.background("lanyard-user-commands", child::write);
        child.gone = child.process.onExit().thenRun(() -> child.ended(answers, words));
        return child;
    }

    /** What it reads besides Java and the system's libraries, where that is a question. */
    private static List<Path> readable(UserNetwork network, Path socket, Optional<Path> smbSocket) {
        List<Path> readable = new ArrayList<>(List.of(NameServers.FILE, socket));
        network.tftp().ifPresent(readable::add);
        smbSocket.ifPresent(readable::add);
        addAll(readable, System.getProperty("jna.library.path"));
        if (System.getProperty("jna.boot.library.path") != null) {
            addAll(readable, System.getProperty("jna.boot.library.path"));
        } else { // then JNA unpacks it, and reads it, in one of these
            addAll(readable, System.getProperty("java.io.tmpdir"));
            addAll(readable, System.getProperty("jna.tmpdir"));
            addAll(readable, System.getProperty("user.home") + "/.cache/JNA");
            addAll(readable, System.getenv("XDG_CACHE_HOME"));
        }
        return readable;
    }

    private static void addAll(List<Path> readable, String path) {
        if (path != null) {
            Stream.of(path.split(File.pathSeparator))
                    .filter(element -> element.startsWith("/"))
                    .map(Path::of)
                    .forEach(readable::add);
        }
    }

    /** On the thread that the process lives with. Landlock shows a file and not its successors. */
    private static void follow(UserChild child) {
        if (child == null) {
            return;
        }
        Enclosure.Kind kind = child.enclosure.kind();
        try {
            if (kind == Enclosure.Kind.NAMESPACES) {
                child.names.follow();
            } else if (kind == Enclosure.Kind.LANDLOCK && child.names.isAnother()) {
                child.wrote("/etc/resolv.conf was replaced: started again to see the new one");
                child.destroy();
            }
        } catch (IOException e) {
            child.log.accept("guests may have old name servers: " + e.getMessage());
        }
    }

    private static List<String> command() {
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "-Xms4m",
                                "-Xmx32m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:ErrorFile=/dev/null",
                                "-XX:+DisplayVMOutputToStderr",
                                "-XX:+DisableAttachMechanism"));
        for (String name : LIBRARY_PROPERTIES) {
            String value = System.getProperty(name);
            if (value != null) {
                options.add("-D" + name + "=" + value);
            }
        }
        return JavaProgram.command(Main.class, options.toArray(String[]::new));
    }

    private Thread read(String thread, InputStream stream, Consumer<String> taker) {
        return background(thread, () -> lines(stream, taker));
    }

    private Thread background(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Its pipe may be full, so whoever has a command never writes it. */
    private void write() {
        try (stdin) {
            for (String line = commands.take(); !line.isEmpty(); line = commands.take()) {
                stdin.write(line.getBytes(StandardCharsets.UTF_8));
                stdin.flush();
            }
        } catch (IOException e) {
            // It has ended, which onExit tells.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Sends a line, and returns at once.
     *
     * @throws IOException when it has not taken those before for long
     */
    private void send(String line) throws IOException {
        if (!commands.offer(line + "\n")) {
            throw new IOException("its process takes no commands");
        }
    }

    /** What is beyond a line's bound is lost. */
    private static void lines(InputStream stream, Consumer<String> taker) {
        byte[] line = new byte[LONGEST_LINE];
        int length = 0;
        try (stream) {
            for (int b = stream.read(); b >= 0; b = stream.read()) {
                if (b == '\n') {
                    taker.accept(new String(line, 0, length, StandardCharsets.UTF_8).strip());
                    length = 0;
                } else if (length < LONGEST_LINE) {
                    line[length++] = (byte) (b < ' ' ? ' ' : b);
                }
            }
        } catch (IOException e) {
            // It has ended, which onExit tells.
        }
    }

    private void wrote(String line) {
        if (!line.isEmpty()) {
            lastWords = line;
            log.accept(line);
        }
    }

    private void answered(String line) {
        if (line.startsWith(Main.ALIVE) || line.startsWith(Main.WHO)) {
            news.accept(line);
            return;
        }
        if (pid == 0
                && line.startsWith(
                        Main.READY)) { // whoever it was started by waits for it from now on
            pid = enclosure.pidOf(process);
        }
        CompletableFuture<String> answer;
        synchronized (this) {
            answer = unanswered.poll();
        }
        if (answer == null) {
            return; // nobody asked
        }
        if (line.startsWith(Main.REFUSED)) {
            answer.completeExceptionally(new IOException(line.substring(Main.REFUSED.length())));
        } else {
            answer.complete(line);
        }
    }

    /**
     * @param answers the thread that reads its last answer, which says why it refused
     * @param words the one that reads its last words
     */
    private void ended(Thread answers, Thread words) {
        try {
            answers.join(END_MILLIS);
            words.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            names.remove();
        } catch (IOException e) {
            log.accept(e.getMessage());
        }
        commands.clear();
        commands.offer(""); // the end of those who write
        dropQuestions();
    }

    private void dropQuestions() {
        List<CompletableFuture<String>> left;
        synchronized (this) {
            left = List.copyOf(unanswered);
            unanswered.clear();
        }
        left.forEach(answer -> answer.completeExceptionally(new IOException(howItEnded())));
    }

    /**
     * Its first words, that it can serve; or an IOException with its refusal, or with how it ended.
     * Any thread.
     */
    CompletableFuture<String> answer() {
        return ready;
    }

    /** Asks whether it still serves; it is to be told of. */
    void askWhetherAlive() throws IOException {
        send(Main.ALIVE);
    }

    /**
     * Tells which port an address is behind.
     *
     * @param port or null
     */
    void tellGuest(String mac, String port) throws IOException {
        send(Main.GUEST + " " + mac + " " + (port == null ? "-" : port));
    }

    /** Tells whether guests may reach each other through what is forwarded. */
    void tellHairpin(boolean allowed) throws IOException {
        send(Main.HAIRPIN + " " + allowed);
    }

    /** Tells that the guest at a port has gone. */
    void tellLeft(String port) throws IOException {
        send(Main.LEFT + " " + port);
    }

    /** Asks for these forwards and no others; after the first answer has come. */
    CompletableFuture<String> forward(List<HostForward> forwards) {
        String words = forwards.stream().map(f -> " " + f).collect(Collectors.joining());
        CompletableFuture<String> next = new CompletableFuture<>();
        synchronized (this) {
            unanswered.add(next);
            try {
                send(Main.FORWARD + words);
            } catch (IOException e) {
                unanswered.removeLast();
                next.completeExceptionally(e);
            }
        }
        if (gone.isDone()) { // and did not see this one
            dropQuestions();
        }
        return next;
    }

    /** Why it is gone, or going. */
    String howItEnded() {
        String how = "its process ended";
        if (!process.isAlive()) {
            int status = process.exitValue();
            how +=
                    status > SIGNALLED
                            ? " by signal " + (status - SIGNALLED)
                            : " with status " + status;
        }
        return lastWords.isEmpty() ? how : how + ": " + lastWords;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The program's own, not that of what it was started by, once it serves. */
    long pid() {
        return pid == 0 ? enclosure.pidOf(process) : pid;
    }

    /** Lets it end, and returns at once; its connection ends with it. */
    void destroy() {
        long own = pid();
        if (own != process.pid() && process.isAlive()) {
            LibC.kill((int) own, LibC.SIGKILL); // those that wait for it tell how it ended
        } else {
            process.destroyForcibly();
        }
    }

    /** Ends it; returns when it is gone, and its last words are known. */
    void kill() {
        destroy();
        try {
            if (!process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            gone.get(2 * END_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.accept("its process " + pid() + " did not end: " + e);
        }
    }
}
