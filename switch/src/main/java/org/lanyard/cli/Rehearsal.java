package org.lanyard.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.lanyard.config.SwitchConfig;
import org.lanyard.control.RuntimeDir;
import org.lanyard.control.Switch;
import org.lanyard.forward.Clock;
import picocli.CommandLine;

/**
 * Runs a switch in a temporary directory, and the usual commands about it, all in one process. The
 * build lets the JVM list the classes that this loads; an archive of them makes every later start
 * quicker.
 */
final class Rehearsal {
    private static final long PATIENCE_SECONDS = 60;

    private static final List<String> COMMANDS =
            List.of(
                    "status",
                    "port list",
                    "port show guests",
                    "port list --json",
                    "fdb list",
                    "vlan list",
                    "config show",
                    "mac",
                    "help",
                    "--version");

    private Rehearsal() {}

    public static void main(String[] args) throws Exception {
        Lanyard.prepare();
        Path temp = Files.createTempDirectory("lanyard-rehearsal");
        int exitCode = ExitCode.FAILED;
        try {
            rehearse(temp);
            exitCode = ExitCode.DONE;
        } catch (IOException | RuntimeException | Error e) {
            e.printStackTrace();
        } finally {
            remove(temp);
            System.exit(exitCode); // data-plane threads would keep the process
        }
    }

    private static void rehearse(Path temp) throws Exception {
        LogSetup.toFile(temp.resolve("lanyard.log"), LogFormat.TEXT);
        RuntimeDir dir = new RuntimeDir(temp.resolve("lan0"));
        Switch lanyard = new Switch(SwitchConfig.withoutFile(), null, dir, Clock.SYSTEM);
        CountDownLatch ready = new CountDownLatch(1);
        CompletableFuture<Void> end =
                CompletableFuture.runAsync(() -> run(lanyard, ready), task -> thread(task));
        if (!ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the switch was not ready in time");
        }
        for (String command : COMMANDS) {
            perform(command, dir);
        }
        lanyard.requestStop();
        end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void thread(Runnable task) {
        Thread control = new Thread(task, "lanyard-control");
        control.setDaemon(true);
        control.start();
    }

    private static void run(Switch lanyard, CountDownLatch ready) {
        try {
            lanyard.run(ready::countDown);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void perform(String command, RuntimeDir dir) throws IOException {
        boolean isAbout = !List.of("mac", "help", "--version").contains(command);
        String words = command + (isAbout ? " --runtime-dir " + dir.path() : "");
        CommandLine line = Lanyard.quick(words.split(" "));
        line.setOut(new PrintWriter(Writer.nullWriter()));
        if (line.execute(words.split(" ")) != ExitCode.DONE) {
            throw new IOException("failed: lanyard " + words);
        }
    }

    private static void remove(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
