package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;

/** A switch in the background that crashes: it is started again, unless it is not to run. */
@Timeout(300)
class SupervisionIT {
    private static final Duration BOOT = Duration.ofSeconds(90);

    @TempDir private Path temp;
    private Program lanyard;

    @BeforeEach
    void name() {
        lanyard = Program.in(temp.resolve("lan0"));
    }

    @AfterEach
    void cleanUp() throws IOException {
        lanyard.cleanUp();
    }

    private String log() throws IOException {
        return Files.readString(lanyard.path("lanyard.log"));
    }

    private long pid() throws IOException {
        Path file = lanyard.path("lanyard.pid");
        String pid = Files.exists(file) ? Files.readString(file).strip() : "";
        return pid.isEmpty() ? 0 : Long.parseLong(pid);
    }

    private ProcessHandle supervisor() throws IOException {
        String pid = Files.readString(lanyard.path("lanyard.supervisor")).strip();
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    private long crash(String signal) throws Exception {
        ProcessHandle process = lanyard.process();
        String command = "kill -" + signal + " " + process.pid();
        assertEquals(0, new ProcessBuilder("sh", "-c", command).start().waitFor());
        process.onExit().get(30, TimeUnit.SECONDS);
        return process.pid();
    }

    private void awaitAnother(long killed) throws Exception {
        Eventually.see("another process", this::pid, pid -> pid != 0 && pid != killed, BOOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "ABRT", "SEGV"})
    void shouldBeThereAgainAfterACrash(String signal) throws Exception {
        String web = "[ports.web]\nstream = { listen = \"unix:web.sock\" }\n";
        Path file = Files.writeString(temp.resolve("lab.toml"), web);
        lanyard.succeed("start", "--config", file.toString());
        ProcessHandle supervisor = supervisor();
        long killed = crash(signal);
        awaitAnother(killed);
        Eventually.see("an answer", () -> lanyard.run("status").exitCode(), code -> code == 0);
        FrameClient.at(lanyard.path("web.sock")).close();
        String how = signal.equals("KILL") ? "KILL" : "ABRT"; // a JVM aborts on a fault
        assertTrue(
                log().contains("WARN  the switch is started again: it was ended by SIG" + how),
                log());
        assertNotEquals(killed, lanyard.process().pid());
        lanyard.succeed("stop");
        supervisor.onExit().get(30, TimeUnit.SECONDS);
        assertEquals(List.of(), lanyard.processes());
        assertFalse(Files.exists(lanyard.path("lanyard.supervisor")));
    }

    @Test
    void shouldStayDownWhenItIsStoppedBeforeItIsStartedAgain() throws Exception {
        lanyard.succeed("start");
        ProcessHandle supervisor = supervisor();
        crash("KILL");
        assertEquals("switch stopped\n", lanyard.succeed("stop").out());
        supervisor.onExit().get(30, TimeUnit.SECONDS);
        assertEquals(List.of(), lanyard.processes());
        assertEquals(3, lanyard.run("stop").exitCode());
    }

    @Test
    void shouldStayDownWhereNobodySupervises() throws Exception {
        lanyard.succeed("start", "--no-supervise");
        assertFalse(Files.exists(lanyard.path("lanyard.supervisor")));
        crash("KILL");
        assertEquals(3, lanyard.run("stop").exitCode());
        assertEquals(List.of(), lanyard.processes());
    }

    @Test
    void shouldStayDownWhenItNeverCameUp() throws Exception {
        String bad = "[ports.web]\nstream = { listen = \"tcp:192.0.2.1:5555\" }\n";
        Path file = Files.writeString(temp.resolve("lab.toml"), bad);
        assertEquals(1, lanyard.run("start", "--config", file.toString()).exitCode());
        assertFalse(Files.exists(lanyard.path("lanyard.supervisor")));
        assertEquals(List.of(), lanyard.processes());
    }

    @Test
    void shouldGiveUpAfterFiveTimesAMinuteAndSaySo() throws Exception {
        lanyard.succeed("start");
        ProcessHandle supervisor = supervisor();
        for (int i = 0; i < 5; i++) {
            awaitAnother(crash("KILL"));
        }
        crash("KILL");
        supervisor.onExit().get(30, TimeUnit.SECONDS);
        String last = log().lines().reduce("", (a, b) -> b);
        assertTrue(last.contains("ERROR the switch has ended 6 times within a minute"), last);
        assertTrue(last.contains("the last time it was ended by SIGKILL; it is not started"), last);
        assertEquals(3, lanyard.run("stop").exitCode());
        lanyard.succeed("start");
    }
}
