package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.cli.Cli;
import org.lanyard.frame.StreamFormat;
import org.lanyard.slirp.Packets;

/** A switch with a user port, whose child process is a real one with the real libslirp. */
@Tag("slow")
@Timeout(300)
class UserPortTest {
    private static final long MAC = 0x5254_0000_0001L;
    private static final int ADDRESS = 0x0a00020f;
    private static final String GUESTS = "[ports.guests]\nstream = { listen = 'unix:g.sock' }\n";

    @TempDir private Path dir;

    private static String toml(String... forwards) {
        String list = forwards.length == 0 ? "" : "'" + String.join("', '", forwards) + "'";
        return GUESTS + "[ports.out]\nuser = { hostfwd = [" + list + "] }\n";
    }

    private static String forward(int port, int guestPort) {
        return "tcp:127.0.0.1:" + port + "-:" + guestPort;
    }

    private static ServerSocket loopback() throws IOException {
        return new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    }

    /** One that nobody has just now. */
    private static int freePort() throws IOException {
        try (ServerSocket free = loopback()) {
            return free.getLocalPort();
        }
    }

    private static long pid(RunningSwitch lanyard) throws IOException {
        return lanyard.port("out").path("peer").path("pid").asLong();
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    private Cli apply(String toml) throws IOException {
        Path file = dir.resolve("lab.toml");
        Files.writeString(file, toml);
        return Cli.run("config", "apply", file.toString(), "--runtime-dir", dir.toString());
    }

    /** Says who it is, and waits for an answer to a ping. */
    private static void assertServed(FrameClient guest, String payload) throws IOException {
        guest.send(Packets.arp(MAC, ADDRESS, Packets.GATEWAY));
        guest.send(Packets.ping(MAC, ADDRESS, payload));
        while (!Packets.isPong(guest.receive(), payload)) {
            // Advertisements of routers, answers to ARP, late answers to others.
        }
    }

    /** Soon: a child that another replaces ends by itself. */
    private static void assertNobodyListens(int port) throws Exception {
        Eventually.see("nobody at port " + port, () -> listens(port), is -> !is);
    }

    private static boolean listens(int port) throws IOException {
        try {
            connect(port).close();
            return true;
        } catch (ConnectException e) {
            return false;
        }
    }

    private static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getByName("127.0.0.1"), port);
    }

    @Test
    void shouldServeGuestsAndTellWhatItIs() throws Exception {
        long child;
        try (RunningSwitch lanyard = RunningSwitch.of(toml(), dir);
                FrameClient guest = FrameClient.at(lanyard.path("g.sock"))) {
            lanyard.await("guests/1", "up");
            assertServed(guest, "anybody there?");
            JsonNode out = lanyard.port("out");
            assertEquals("up", out.path("state").asText(), "at once, for it waited for it");
            assertEquals("user:10.0.2.0/24", out.path("endpoint").asText());
            assertEquals("10.0.2.2", out.path("user").path("host").asText());
            assertTrue(out.path("rx_packets").asInt() >= 2 && out.path("tx_packets").asInt() >= 2);
            child = pid(lanyard);
            assertTrue(isAlive(child));
            assertTrue(shown().contains("network   10.0.2.0/24, host 10.0.2.2, dns 10.0.2.3"));
            assertEquals(List.of(), leftSockets());
        }
        assertFalse(isAlive(child), "it ended with the switch");
        assertEquals(List.of(), left());
    }

    private String shown() {
        return Cli.run("port", "show", "out", "--runtime-dir", dir.toString()).out();
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(file -> file.getFileName().toString().startsWith(".")).toList();
        }
    }

    /** What its process sees of the host's name servers is there as long as it is. */
    private List<Path> leftSockets() throws IOException {
        return left().stream().filter(file -> !file.toString().endsWith("-etc")).toList();
    }

    @Test
    void shouldNotShareWhatIsNoDirectory() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(toml(), dir);
                FrameClient guest = FrameClient.at(lanyard.path("g.sock"))) {
            lanyard.await("guests/1", "up");
            long child = pid(lanyard);
            Cli refused = apply(GUESTS + "[ports.out]\nuser = { smb = '" + dir + "/none' }\n");
            assertEquals(1, refused.exitCode());
            String why = "port out: smb: there is no directory " + dir + "/none";
            assertTrue(refused.err().contains(why), refused::err);
            assertEquals(child, pid(lanyard), "it goes on as it was");
            assertServed(guest, "still there?");
            assertEquals(List.of(), leftSockets());
        }
    }

    @Test
    void shouldStartAgainAfterItsProcessWasKilled() throws Exception {
        try (LogLines log = LogLines.of(UserAttachment.class);
                RunningSwitch lanyard = RunningSwitch.of(toml(forward(freePort(), 22)), dir);
                FrameClient guest = FrameClient.at(lanyard.path("g.sock"))) {
            lanyard.await("guests/1", "up");
            for (int time = 1; time <= 2; time++) {
                long child = pid(lanyard);
                String payload = "time " + time;
                assertServed(guest, payload);
                kill(child);
                lanyard.await("out", "down");
                Eventually.see(
                        "the reason",
                        () -> lanyard.port("out").path("reason").asText(),
                        "its process ended by signal 9"::equals);
                lanyard.await("out", "up");
                assertTrue(pid(lanyard) != child);
                assertServed(guest, payload + ", again");
            }
            String down = "WARNING port out down: its process ended by signal 9; starting it again";
            assertEquals(
                    List.of(down + " in 1 s", down + " in 2 s"),
                    log.lines().stream().filter(line -> line.contains("down")).toList());
        }
    }

    @Test
    void shouldBeRemovedWhileItIsDown() throws Exception {
        int port = freePort();
        try (RunningSwitch lanyard = RunningSwitch.of(toml(forward(port, 22)), dir)) {
            kill(pid(lanyard));
            lanyard.await("out", "down");
            Cli applied = apply(GUESTS);
            assertEquals(0, applied.exitCode(), applied::err);
            assertEquals("absent", lanyard.state("out"));
            Thread.sleep(1_500); // longer than the pause before it would have come again
            assertEquals("absent", lanyard.state("out"));
            assertNobodyListens(port);
            assertEquals(List.of(), left());
        }
    }

    @Test
    void shouldChangeItsForwardsWithoutLosingThePort() throws Exception {
        int first = freePort();
        try (RunningSwitch lanyard = RunningSwitch.of(toml(forward(first, 22)), dir);
                ServerSocket taken = loopback()) {
            long child = pid(lanyard);
            connect(first).close();
            int second = freePort();
            assertEquals(0, apply(toml(forward(second, 22))).exitCode());
            connect(second).close();
            assertNobodyListens(first);

            // Its host's side stays, its guest's changes.
            assertEquals(0, apply(toml(forward(second, 23), forward(first, 24))).exitCode());
            connect(first).close();
            connect(second).close();
            assertTrue(shown().contains("forward   " + forward(second, 23)), this::shown);

            String impossible = forward(taken.getLocalPort(), 22);
            Cli refused = apply(toml(forward(first, 25), impossible));
            assertEquals(1, refused.exitCode());
            assertEquals(
                    "lanyard: port out: hostfwd " + impossible + ": Address already in use\n",
                    refused.err());
            connect(first).close();
            connect(second).close();
            assertTrue(shown().contains("forward   " + forward(second, 23)), this::shown);
            assertEquals(child, pid(lanyard), "the same process all along");

            kill(child);
            lanyard.await("out", "down");
            lanyard.await("out", "up");
            connect(first).close();
            connect(second).close();
        }
    }

    private Cli set(String... settings) {
        List<String> words = new ArrayList<>(List.of("port", "set", "out"));
        words.addAll(List.of(settings));
        words.addAll(List.of("--runtime-dir", dir.toString()));
        return Cli.run(words.toArray(String[]::new));
    }

    @Test
    void shouldBeSetAsItsTableSays() throws Exception {
        int port = freePort();
        try (RunningSwitch lanyard = RunningSwitch.of(toml(), dir);
                FrameClient guest = FrameClient.at(lanyard.path("g.sock"))) {
            lanyard.await("guests/1", "up");
            long child = pid(lanyard);
            Cli done = set("isolated=true", "user={ hostfwd = ['" + forward(port, 22) + "'] }");
            assertEquals(0, done.exitCode(), done::err);
            assertTrue(done.out().contains("forward   " + forward(port, 22)), done::out);
            connect(port).close();
            assertTrue(lanyard.port("out").path("isolated").asBoolean());
            assertEquals(child, pid(lanyard));
            assertServed(guest, "the same network");

            Cli other = set("user={ network = '10.1.0.0/16' }");
            assertEquals(0, other.exitCode(), other::err);
            lanyard.await("out", "up");
            assertEquals("10.1.2.2", lanyard.port("out").path("user").path("host").asText());
            assertTrue(lanyard.port("out").path("isolated").asBoolean(), "its other settings stay");
            assertNobodyListens(port);

            Cli wrong = set("user={ netwrok = '10.1.0.0/16' }");
            assertTrue(wrong.err().contains("(did you mean 'network'?)"), wrong::err);
            Cli refused = set("user={ tftp = '/nowhere/at/all' }");
            assertEquals(1, refused.exitCode());
            assertTrue(lanyard.port("out").path("user").path("tftp").isNull());
        }
    }

    @Test
    void shouldTakeNewForwardsWhileItsProcessIsDown() throws Exception {
        int first = freePort();
        try (RunningSwitch lanyard = RunningSwitch.of(toml(forward(first, 22)), dir)) {
            kill(pid(lanyard));
            lanyard.await("out", "down");
            int second = freePort();
            assertEquals(0, apply(toml(forward(second, 22))).exitCode());
            lanyard.await("out", "up");
            connect(second).close();
            assertNobodyListens(first);
        }
    }

    @Test
    void shouldBeOpenedAnewWithItsForwardsWhenItsNetworkChanges() throws Exception {
        int port = freePort();
        try (RunningSwitch lanyard = RunningSwitch.of(toml(forward(port, 22)), dir)) {
            long child = pid(lanyard);
            String other = toml(forward(port, 22)).replace("user = {", "user = { restrict = true,");
            assertEquals(0, apply(other).exitCode());
            lanyard.await("out", "up");
            connect(port).close();
            assertTrue(pid(lanyard) != child);
            assertFalse(isAlive(child));
        }
    }

    @Test
    void shouldFailToStartWhereAForwardsPortIsTaken() throws Exception {
        try (ServerSocket taken = loopback()) {
            String forward = forward(taken.getLocalPort(), 22);
            IOException refused =
                    assertThrows(IOException.class, () -> RunningSwitch.of(toml(forward), dir));
            assertEquals(
                    "port out: hostfwd " + forward + ": Address already in use",
                    refused.getMessage());
            assertEquals(List.of(), left());
        }
    }

    @Test
    void shouldFailToStartWithoutItsDirectory() throws Exception {
        Path absent = dir.resolve("absent");
        String toml = GUESTS + "[ports.out]\nuser = { tftp = '" + absent + "' }\n";
        IOException refused = assertThrows(IOException.class, () -> RunningSwitch.of(toml, dir));
        assertTrue(
                refused.getMessage()
                        .startsWith("port out: tftp: " + absent + " is no directory that user id "),
                refused::getMessage);
    }

    /** Whatever becomes of the process, the switch and its guests go on. */
    @Test
    void shouldKeepHostileFramesFromTheSwitch() throws Exception {
        Random random = new Random(7);
        try (RunningSwitch lanyard = RunningSwitch.of(toml(), dir);
                FrameClient hostile = FrameClient.at(lanyard.path("g.sock"));
                FrameClient other = FrameClient.at(lanyard.path("g.sock"))) {
            lanyard.await("guests/1", "up");
            lanyard.await("guests/2", "up");
            hostile.send(Packets.arp(MAC, ADDRESS, Packets.GATEWAY));
            for (int i = 0; i < 5_000; i++) {
                hostile.send(bent(random));
                if (i % 20 == 0) { // so that the kernel takes what comes next
                    FrameClient.meet(hostile, other);
                }
            }
            FrameClient.meet(hostile, other);
            Eventually.see(
                    "all frames at the user port",
                    () -> lanyard.port("out").path("tx_packets").asInt(),
                    count -> count > 4_000);
            lanyard.await("out", "up");
            assertTrue(lanyard.isRunning());
        }
    }

    /** A ping with a few bytes changed behind the addresses, or of another length. */
    private static byte[] bent(Random random) {
        int size = random.nextInt(20) == 0 ? random.nextInt(9_000) : 0;
        byte[] ping = Packets.ping(MAC, ADDRESS, "x".repeat(random.nextInt(64)));
        byte[] frame = new byte[Math.max(StreamFormat.MIN_FRAME, size)];
        System.arraycopy(ping, 0, frame, 0, Math.min(ping.length, frame.length));
        int changes = 1 + random.nextInt(5);
        for (int i = 0; i < changes; i++) {
            frame[12 + random.nextInt(Math.min(frame.length, 64) - 12)] = (byte) random.nextInt();
        }
        return frame;
    }
}
