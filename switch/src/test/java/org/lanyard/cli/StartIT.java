package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;

/** The switch in the background, from its start to its end. */
@Timeout(300)
class StartIT {
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

    private JsonNode status() throws Exception {
        return new ObjectMapper().readTree(lanyard.succeed("status", "--json").out());
    }

    private void awaitEnd(ProcessHandle process) throws Exception {
        process.onExit().get(30, TimeUnit.SECONDS);
    }

    private void assertNothingLeft() throws IOException {
        assertEquals(List.of(), lanyard.processes(), "processes");
        for (String file : List.of("control.sock", "guests.sock", "lanyard.pid")) {
            assertFalse(Files.exists(lanyard.path(file)), () -> file + " is left");
        }
    }

    /** Files that commands, and not the JVM or its native libraries, put there. */
    private static List<String> left(Path tmp) throws IOException {
        try (var files = Files.list(tmp)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("lanyard"))
                    .toList();
        }
    }

    private static void exchangeFrames(Path socket) throws IOException {
        try (FrameClient first = FrameClient.at(socket);
                FrameClient second = FrameClient.at(socket)) {
            FrameClient.meet(first, second);
            byte[] hello = FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello");
            first.send(hello);
            assertArrayEquals(hello, second.receive());
        }
    }

    @Test
    void shouldBeThereForGuestsAsSoonAsStartReturns() throws Exception {
        Program.Ended started = lanyard.succeed("start");
        FrameClient.at(lanyard.path("guests.sock")).close();
        assertEquals("", started.err());
        assertTrue(
                started.out().startsWith("switch lan0 is running in " + lanyard.dir() + "\n"),
                started::out);
        assertTrue(
                started.out().contains("addr.path=" + lanyard.path("guests.sock")), started::out);
        exchangeFrames(lanyard.path("guests.sock"));
    }

    @Test
    void shouldTellWhatIsNotAsItShouldBe() throws Exception {
        String toml = "[ports.peer]\nstream = { connect = \"unix:/nobody.sock\" }\n";
        String file = Files.writeString(temp.resolve("lab.toml"), toml).toString();
        Program.Ended started = lanyard.succeed("start", "--config", file);
        assertTrue(started.out().contains("\nport peer is down: "), started::out);
        Eventually.see(
                "why",
                () -> lanyard.succeed("port", "list").out(),
                said -> said.matches("(?s).*\nport peer is down: .*/nobody.sock.*\n"));
    }

    @Test
    void shouldBeADaemonThatHoldsOnToNothingOfItsParent() throws Exception {
        lanyard.workingIn(temp).succeed("start");
        long pid = lanyard.process().pid();
        assertEquals(pid, status().path("pid").asLong());
        Path proc = Path.of("/proc/" + pid);
        String stat = Files.readString(proc.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        assertEquals(Long.toString(pid), fields[3], "a session of its own");
        assertEquals("0", fields[4], "no terminal");
        assertEquals(Path.of("/"), Files.readSymbolicLink(proc.resolve("cwd")));
        for (int stream = 0; stream <= 2; stream++) {
            assertEquals(
                    Path.of("/dev/null"), Files.readSymbolicLink(proc.resolve("fd/" + stream)));
        }
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(lanyard.dir())));
    }

    @Test
    void shouldLeaveOnlyItsLogBehindWhenStopped() throws Exception {
        lanyard.succeed("start");
        ProcessHandle process = lanyard.process();
        assertEquals("switch stopped\n", lanyard.succeed("stop").out());
        assertFalse(process.isAlive(), "stop returned before the end");
        assertNothingLeft();
        List<String> log = Files.readAllLines(lanyard.path("lanyard.log"));
        for (String line : log) {
            assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z (INFO|WARN) .*"), line);
        }
        assertTrue(log.get(log.size() - 1).endsWith("switch lan0 stopped"), log::toString);
        assertEquals(3, lanyard.run("status").exitCode());
    }

    @Test
    void shouldRefuseASecondStartAndNameTheFirst() throws Exception {
        lanyard.succeed("start");
        long pid = lanyard.process().pid();
        Program.Ended second = lanyard.run("start");
        assertEquals(
                "lanyard: a switch is already running in "
                        + lanyard.dir()
                        + " (pid "
                        + pid
                        + "): stop it first, or give this one another --name\n",
                second.err());
        assertEquals(1, second.exitCode());
        assertEquals("", second.out());
        assertEquals(1, lanyard.run("run").exitCode(), "in the foreground neither");
        assertEquals(pid, lanyard.process().pid());
        exchangeFrames(lanyard.path("guests.sock"));
    }

    @Test
    void shouldLetOnlyOneOfTwoSimultaneousStartsWin() throws Exception {
        Process one = lanyard.spawn("start");
        Process two = lanyard.spawn("start");
        List<Integer> codes = List.of(Program.end(one).exitCode(), Program.end(two).exitCode());
        assertEquals(List.of(0, 1), codes.stream().sorted().toList());
        assertEquals(1, lanyard.processes().size());
        exchangeFrames(lanyard.path("guests.sock"));
    }

    @Test
    void shouldStartAtOnceAfterBeingKilled() throws Exception {
        lanyard.succeed("start");
        ProcessHandle killed = lanyard.process();
        lanyard.kill();
        for (String file : List.of("control.sock", "guests.sock", "lanyard.pid")) {
            assertTrue(Files.exists(lanyard.path(file)), () -> file + ": the test needs it");
        }
        assertEquals(3, lanyard.run("status").exitCode());
        lanyard.succeed("start");
        assertNotEquals(killed.pid(), lanyard.process().pid());
        exchangeFrames(lanyard.path("guests.sock"));
    }

    @Test
    void shouldEndInOrderOnSigterm() throws Exception {
        lanyard.succeed("start");
        ProcessHandle process = lanyard.process();
        try (FrameClient guest = FrameClient.at(lanyard.path("guests.sock"))) {
            guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello"));
            assertTrue(process.destroy());
            awaitEnd(process);
        }
        assertNothingLeft();
        String log = Files.readString(lanyard.path("lanyard.log"));
        int up = log.indexOf("port guests/1 up");
        int down = log.indexOf("port guests/1 down: the switch stops");
        assertTrue(0 < up && up < down, log);
        assertTrue(log.endsWith("switch lan0 stopped\n"), log);
    }

    @Test
    void shouldLeaveNothingInTheTemporaryDirectoryWhenItIsKilled() throws Exception {
        Path tmp = Files.createDirectory(temp.resolve("tmp"));
        Program starting = lanyard.behind("env", "JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=" + tmp);
        Process start = starting.spawn("start");
        Eventually.see(
                "the switch's process", () -> lanyard.processes().size(), count -> count == 1);
        start.destroyForcibly().waitFor();
        assertEquals(List.of(), left(tmp));
    }

    @Test
    void shouldRestartWithTheConfigurationThatItRanWith() throws Exception {
        Path file = temp.resolve("lab.toml");
        Files.writeString(
                file, "[switch]\nname = \"lab\"\n[ports.web]\nstream = { listen = \"unix:w\" }\n");
        lanyard.workingIn(temp).succeed("start", "--config", "lab.toml");
        long before = lanyard.process().pid();
        lanyard.succeed("restart");
        assertNotEquals(before, lanyard.process().pid());
        assertEquals("lab", status().path("name").asText());
        assertEquals(file.toString(), status().path("config").asText());
        exchangeFrames(lanyard.path("w"));

        Files.writeString(file, "[ports.new]\nstream = { listen = \"unix:n\" }\n");
        lanyard.succeed("restart");
        assertEquals("lab", status().path("name").asText(), "its name is who it is");
        exchangeFrames(lanyard.path("n"));
        assertFalse(Files.exists(lanyard.path("w")));

        Files.writeString(file, "[ports.new]\n");
        long good = lanyard.process().pid();
        Program.Ended refused = lanyard.run("restart");
        assertEquals(
                file
                        + ":1:1: port 'new' has no kind (one of stream, tap, user, bridge, packet, macvtap)\n",
                refused.err());
        assertEquals(4, refused.exitCode());
        assertEquals(good, lanyard.process().pid(), "a bad file ends no good switch");
    }

    @Test
    void shouldStartWhateverQemuIsInstalled() throws Exception {
        Path bin = Files.createDirectory(temp.resolve("bin"));
        Path qemu = bin.resolve("qemu-system-x86_64");
        Files.writeString(qemu, "#!/bin/sh\necho QEMU emulator version 6.2.0\n");
        Files.setPosixFilePermissions(qemu, PosixFilePermissions.fromString("rwxr-xr-x"));
        Program.Ended started = lanyard.finding(bin + ":/usr/bin:/bin").succeed("start");
        assertTrue(
                started.out().contains("QEMU 6.2 has no -netdev stream (7.2 has)"), started::out);
        lanyard.finding("/nowhere").succeed("restart");
        exchangeFrames(lanyard.path("guests.sock"));
    }
}
