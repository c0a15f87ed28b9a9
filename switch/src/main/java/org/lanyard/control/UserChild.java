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
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.lanyard.slirp.HostForward;
import org.lanyard.slirp.Main;
import org.lanyard.slirp.UserNetwork;

/**
 * The process behind a {@code user} port: started, asked one thing at a time, ended. What it writes
 * is read by two threads in bounded pieces, for hostile frames may have made it another program.
 * The control thread starts it, and it dies with that thread.
 */
final class UserChild {
    private static final int LONGEST_LINE = 500;

    /** More than there are guests to tell of: one that leaves as many unread hangs. */
    private static final int MOST_COMMANDS = 1 << 15;

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

    private UserChild(Process process, Consumer<String> log, Consumer<String> news) {
        this.process = process;
        this.stdin = process.getOutputStream();
        this.log = log;
        this.news = news;
        this.unanswered.add(ready);
    }

    /**
     * Starts it; {@link #answer} tells then whether it can serve.
     *
     * @param socket where it connects, to be listened at
     * @param smbSocket where it sends guests' connections to a shared directory
     * @param log is told what it writes to standard error, line by line, on another thread
     * @param news is told its answers to {@link #askWhetherAlive} and its own questions, on another
     *     thread
     * @throws IOException when there is no Java to run
     */
    static UserChild start(
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
        command.addAll(network.words());
        ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
        builder.environment().keySet().retainAll(ENVIRONMENT);
        UserChild child = new UserChild(builder.start(), log, news);
        Thread answers =
                child.read("lanyard-user-answers", child.process.getInputStream(), child::answered);
        Thread words = child.read("lanyard-user-log", child.process.getErrorStream(), child::wrote);
        child.background("lanyard-user-commands", child::write);
        child.gone = child.process.onExit().thenRun(() -> child.ended(answers, words));
        return child;
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

    long pid() {
        return process.pid();
    }

    /** Lets it end, and returns at once; its connection ends with it. */
    void destroy() {
        process.destroyForcibly();
    }

    /** Ends it; returns when it is gone, and its last words are known. */
    void kill() {
        process.destroyForcibly();
        try {
            gone.get(2 * END_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.accept("its process " + pid() + " did not end: " + e);
        }
    }
}
