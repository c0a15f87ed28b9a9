package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.control.NotifyReceiver;

/** The real program and a service manager's side of sd_notify(3). */
@Timeout(300)
class ServiceIT {
    @TempDir private Path temp;
    private NotifyReceiver receiver;
    private Process process;

    @AfterEach
    void cleanUp() throws IOException {
        if (process != null) {
            process.destroyForcibly();
        }
        if (receiver != null) {
            receiver.close();
        }
    }

    private Program lanyard(String... environment) {
        List<String> words = new ArrayList<>(List.of("env"));
        words.addAll(List.of(environment));
        return Program.in(temp.resolve("lan0")).behind(words.toArray(String[]::new));
    }

    private void signal(String name) throws Exception {
        String command = "kill -" + name + " " + process.pid();
        assertEquals(0, new ProcessBuilder("sh", "-c", command).start().waitFor());
    }

    private static long monotonicMicros() throws Exception {
        String script = "printf '%.0f', 1e6 * clock_gettime(CLOCK_MONOTONIC)";
        Process perl =
                new ProcessBuilder(
                                "perl", "-MTime::HiRes=clock_gettime,CLOCK_MONOTONIC", "-e", script)
                        .start();
        return Long.parseLong(
                new String(perl.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    }

    @Test
    void shouldTellThatItIsReadyThatItReadsItsFileAgainAndThatItEnds() throws Exception {
        Path socket = temp.resolve("notify");
        receiver = new NotifyReceiver(socket.toString());
        String web = "[ports.web]\nstream = { listen = \"unix:web.sock\" }\n";
        Path file = Files.writeString(temp.resolve("lab.toml"), web);
        Program lanyard = lanyard("NOTIFY_SOCKET=" + socket);
        process = lanyard.spawn("run", "--config-if-exists", file.toString());

        String ready = receiver.next("READY=1");
        assertEquals("READY=1\nMAINPID=" + process.pid() + "\nSTATUS=ports: 1 listening", ready);
        lanyard.succeed("port", "show", "web");

        long before = monotonicMicros();
        Files.writeString(file, web + web.replace("web", "lab"));
        signal("HUP");
        String reloading = receiver.next("RELOADING=1\nMONOTONIC_USEC=");
        long at = Long.parseLong(reloading.substring(reloading.lastIndexOf('=') + 1));
        long after = monotonicMicros();
        assertTrue(before <= at && at <= after, before + " " + at + " " + after);
        assertTrue(receiver.next("READY=1").endsWith("STATUS=ports: 2 listening"));
        lanyard.succeed("port", "show", "lab");

        signal("TERM");
        assertEquals("STOPPING=1\nSTATUS=stopping", receiver.next("STOPPING=1"));
        Program.Ended ended = Program.end(process);
        assertEquals(0, ended.exitCode(), ended::err);
        assertTrue(ended.err().endsWith("switch lan0 stopped\n"), ended::err);
    }

    @Test
    void shouldRunWithoutItsFileAndOutliveAReload() throws Exception {
        String name = "lanyard-service-it-" + ProcessHandle.current().pid();
        receiver = new NotifyReceiver("\0" + name);
        Program lanyard = lanyard("NOTIFY_SOCKET=@" + name);
        String absent = temp.resolve("absent.toml").toString();
        process = lanyard.spawn("run", "--config-if-exists", absent);
        receiver.next("READY=1");
        signal("HUP");
        receiver.next("RELOADING=1");
        receiver.next("READY=1");
        lanyard.succeed("port", "show", "guests");
        signal("TERM");
        assertEquals(0, Program.end(process).exitCode());
    }

    @Test
    void shouldKeepAWatchdogQuietAsLongAsItLives() throws Exception {
        Path socket = temp.resolve("notify");
        receiver = new NotifyReceiver(socket.toString());
        process = lanyard("NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=300000").spawn("run");
        receiver.next("READY=1");
        for (int i = 0; i < 5; i++) {
            assertEquals("WATCHDOG=1", receiver.next("WATCHDOG=1"));
        }
    }

    @Test
    void shouldWarnOnceWhenNobodyListens() throws Exception {
        Program lanyard = lanyard("NOTIFY_SOCKET=" + temp.resolve("nowhere"));
        process = lanyard.spawn("run");
        Eventually.see("an answer", () -> lanyard.run("status").exitCode(), code -> code == 0);
        lanyard.succeed("stop");
        Program.Ended ended = Program.end(process);
        assertEquals(0, ended.exitCode());
        List<String> warnings =
                ended.err().lines().filter(line -> line.contains("NOTIFY_SOCKET")).toList();
        assertEquals(1, warnings.size(), ended::err);
        assertTrue(warnings.get(0).contains("No such file or directory"), ended::err);
    }

    @Test
    void shouldWriteItsLogAsJson() throws Exception {
        Program lanyard = lanyard();
        process = lanyard.spawn("run", "--log-format", "json");
        Eventually.see("an answer", () -> lanyard.run("status").exitCode(), code -> code == 0);
        lanyard.succeed("stop");
        LogFormatTest.assertJsonLines(Program.end(process).err(), "switch lan0 stopped");

        lanyard.succeed("start", "--log-format=json");
        lanyard.succeed("restart"); // as before
        lanyard.succeed("stop");
        LogFormatTest.assertJsonLines(
                Files.readString(lanyard.path("lanyard.log")), "switch lan0 stopped");
    }
}
