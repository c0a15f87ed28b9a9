package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;

/** The switch in the foreground, as a service manager or a terminal has it. */
@Timeout(300)
class RunIT {
    @TempDir private Path temp;

    private static void awaitSocket(Program lanyard, Process process) throws Exception {
        Eventually.see(
                "a switch that answers",
                () -> process.isAlive() ? lanyard.run("status").exitCode() : -1,
                code -> code == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void shouldLogToStandardErrorAndEndInOrderOnASignal(String signal) throws Exception {
        Program lanyard = Program.in(temp.resolve("lan0"));
        Process process = lanyard.spawn("run");
        try {
            awaitSocket(lanyard, process);
            FrameClient.at(lanyard.path("guests.sock")).close();
            Process kill =
                    new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).start();
            assertEquals(0, kill.waitFor());
            Program.Ended ended = Program.end(process);
            assertEquals(0, ended.exitCode(), "an end that was asked for is no failure");
            assertEquals("", ended.out());
            assertTrue(
                    ended.err()
                            .contains("port guests listens at unix:" + lanyard.path("guests.sock")),
                    ended::err);
            assertTrue(ended.err().endsWith("switch lan0 stopped\n"), ended::err);
            assertFalse(Files.exists(lanyard.path("control.sock")));
            assertFalse(Files.exists(lanyard.path("guests.sock")));
            assertFalse(Files.exists(lanyard.path("lanyard.log")), "the log is elsewhere");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldReadItsFileAgainOnSighup() throws Exception {
        Program lanyard = Program.in(temp.resolve("lan0"));
        String web = "[ports.web]\nstream = { listen = \"unix:web.sock\" }\n";
        Path file = Files.writeString(temp.resolve("lab.toml"), web);
        Process process = lanyard.spawn("run", "--config", file.toString());
        try {
            awaitSocket(lanyard, process);
            try (FrameClient guest = FrameClient.at(lanyard.path("web.sock"))) {
                Files.writeString(file, web + "isolated = true\n" + web.replace("web", "lab"));
                hangUp(process);
                Eventually.see(
                        "the new port",
                        () -> lanyard.run("port", "show", "lab").exitCode(),
                        code -> code == 0);
                assertTrue(lanyard.succeed("port", "show", "web/1").out().contains("isolated"));

                Files.writeString(file, web.replace("stream", "steram"));
                hangUp(process);
                guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "still here"));
                Eventually.see(
                        "the frame",
                        () -> lanyard.succeed("port", "show", "web/1").out(),
                        text -> text.contains("received  1 frames"));
                assertEquals(4, lanyard.run("config", "apply").exitCode());
                assertEquals(0, lanyard.run("port", "show", "lab").exitCode());
            }
            lanyard.succeed("stop");
            Program.Ended ended = Program.end(process);
            assertEquals(0, ended.exitCode());
            assertTrue(ended.err().contains("nothing has changed: " + file + ":2:1"), ended::err);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void hangUp(Process process) throws Exception {
        Process kill = new ProcessBuilder("sh", "-c", "kill -HUP " + process.pid()).start();
        assertEquals(0, kill.waitFor());
    }

    @Test
    void shouldReturn0WhenItIsToldToStop() throws Exception {
        Program lanyard = Program.in(temp.resolve("lan0"));
        Process process = lanyard.spawn("run");
        try {
            awaitSocket(lanyard, process);
            lanyard.succeed("stop");
            assertEquals(0, Program.end(process).exitCode());
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldLogEachEventInOneLineAsItHappens() throws Exception {
        Program lanyard = Program.in(temp.resolve("lan0"));
        Process process = lanyard.spawn("run");
        try (BufferedReader log =
                new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            assertTrue(log.readLine().contains("INFO  port guests listens at unix:"));
            assertTrue(log.readLine().contains("INFO  switch lan0 "));
            try (FrameClient guest = FrameClient.at(lanyard.path("guests.sock"))) {
                assertTrue(log.readLine().contains("INFO  port guests/1 up: pid "));
                assertTrue(guest != null);
            }
            assertTrue(log.readLine().contains("INFO  port guests/1 down: the other end closed"));
        } finally {
            process.destroy();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "no end within 30 s of SIGTERM");
        }
    }
}
