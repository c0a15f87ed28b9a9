package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanyard.config.ConfigParser;
import org.lanyard.forward.Clock;

/**
 * A thread of a switch dies, in a process of its own: the whole ends, with exit code 1, and tells
 * the log and the service manager why.
 */
@Timeout(240)
final class LastWordsTest {
    private static final long PATIENCE_SECONDS = 60;
    private static final Duration BOOT = Duration.ofSeconds(90);

    @TempDir private Path temp;
    private NotifyReceiver receiver;
    private Process process;

    /** A switch whose clock fails on a thread as soon as a line says so. */
    static final class Faulty {
        private static volatile String thread = "none";
        private static volatile Error error;
        private static volatile boolean hoards;
        private static final List<byte[]> HOARD = new ArrayList<>();

        private Faulty() {}

        public static void main(String[] words) throws Exception {
            Clock clock = System::nanoTime;
            Switch lanyard =
                    new Switch(
                            ConfigParser.parse("test.toml", "[switch]\nworkers = 2\n"),
                            null,
                            new RuntimeDir(Path.of(words[0])),
                            () -> {
                                if (Thread.currentThread().getName().equals(thread)) {
                                    fail();
                                }
                                return clock.nanoTime();
                            },
                            Supervisor.of(System.getenv(), ProcessHandle.current().pid()));
            lanyard.lastResort(() -> Runtime.getRuntime().halt(1));
            Thread.currentThread().setName("lanyard-control");
            Thread faults = new Thread(Faulty::arm);
            faults.setDaemon(true);
            faults.start();
            System.exit(lanyard.run(() -> System.out.println("ready")) ? 0 : 1);
        }

        private static void arm() {
            try {
                String[] words = new String(System.in.readNBytes(64)).strip().split(" ");
                switch (words[1]) {
                    case "memory" -> error = new OutOfMemoryError("Java heap space");
                    case "stack" -> error = new StackOverflowError();
                    case "assertion" -> error = new AssertionError("on purpose");
                    default -> error = new NoClassDefFoundError("org/lanyard/Gone");
                }
                hoards = words[1].equals("hoard");
                thread = words[0];
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void fail() {
            if (!hoards) {
                throw error;
            }
            thread = "none";
            hoard(); // what this thread does next fails
        }

        /** Until not one byte of the heap is left. */
        private static void hoard() {
            for (int size = 1 << 20; size >= 1; size /= 2) {
                try {
                    while (true) {
                        HOARD.add(new byte[size]);
                    }
                } catch (OutOfMemoryError e) {
                    // Smaller ones may fit.
                }
            }
        }
    }

    @AfterEach
    void end() throws IOException {
        if (process != null) {
            process.destroyForcibly();
        }
        if (receiver != null) {
            receiver.close();
        }
    }

    private String log() throws IOException {
        return Files.readString(temp.resolve("log"));
    }

    private void start(String... options) throws Exception {
        Path socket = temp.resolve("notify");
        receiver = new NotifyReceiver(socket.toString());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(java, "-XX:+UseSerialGC"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Faulty.class.getName(), temp.resolve("lan0").toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(temp.resolve("log").toFile());
        builder.environment().put("NOTIFY_SOCKET", socket.toString());
        process = builder.start();
        Eventually.see("a switch that is ready", this::log, text -> text.contains("ready"), BOOT);
    }

    private void say(String words) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((words + " ".repeat(64 - words.length())).getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    private String end(String why) throws Exception {
        assertTrue(receiver.next("STATUS=failed").startsWith("STATUS=failed: " + why));
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "half a switch is left");
        assertEquals(1, process.exitValue());
        return log();
    }

    @ParameterizedTest
    @CsvSource({
        "lanyard-control, stack, java.lang.StackOverflowError",
        "lanyard-control, linkage, java.lang.NoClassDefFoundError: org/lanyard/Gone",
        "lanyard-data-0, memory, java.lang.OutOfMemoryError: Java heap space",
        "lanyard-data-1, assertion, java.lang.AssertionError: on purpose",
    })
    void shouldEndAsAWholeAndSayWhy(String thread, String error, String told) throws Exception {
        start();
        say(thread + " " + error);
        FrameClient.at(temp.resolve("lan0/guests.sock")).close(); // each thread has a turn
        FrameClient.at(temp.resolve("lan0/guests.sock")).close();
        String log = end("thread " + thread + ": " + told);
        assertTrue(log.contains("the switch ends"), log);
        assertTrue(log.contains("thread " + thread + ": " + told), log);
        assertEquals(!error.equals("memory"), log.contains("please report it"), log);
    }

    @Test
    void shouldSayItEvenWhenNoMemoryIsLeft() throws Exception {
        start("-Xmx32m");
        say("lanyard-control hoard");
        for (int i = 0; process.isAlive() && i < 1000; i++) {
            try {
                FrameClient.at(temp.resolve("lan0/guests.sock")).close();
            } catch (IOException e) {
                break; // it has ended
            }
        }
        String log = end("thread lanyard-");
        assertTrue(log.contains("the switch ends, for memory ran out"), log);
        assertTrue(log.contains("OutOfMemoryError"), log);
        assertFalse(log.contains("please report it"), log);
    }
}
