package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.forward.Clock;
import org.lanyard.tapio.LibC;

@Timeout(120)
class ListeningPortTest {
    private static final long ALL = 0xffff_ffff_ffffL;
    private static final long FIRST = 0x0200_0000_0001L;
    private static final long SECOND = 0x0200_0000_0002L;

    @TempDir private Path dir;

    private static FrameClient guest(RunningSwitch lanyard, int expected) throws Exception {
        FrameClient guest = FrameClient.at(lanyard.path("guests.sock"));
        lanyard.await("guests/" + expected, "up");
        return guest;
    }

    private static void awaitReceived(RunningSwitch lanyard, String port, long frames)
            throws Exception {
        Eventually.see(
                frames + " frames received at " + port,
                () -> lanyard.port(port).path("rx_packets").asLong(),
                count -> count == frames);
    }

    @Test
    void shouldPassFramesBetweenGuests() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir);
                FrameClient first = guest(lanyard, 1);
                FrameClient second = guest(lanyard, 2)) {
            byte[] hello = FrameClient.frame(ALL, FIRST, "hello");
            first.send(hello);
            assertArrayEquals(hello, second.receive());
            byte[] answer = FrameClient.frame(FIRST, SECOND, "hello yourself");
            second.send(answer);
            assertArrayEquals(answer, first.receive());
        }
    }

    @Test
    void shouldPassFramesBetweenGuestsOfSeveralWorkers() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of("[switch]\nworkers = 2\n", dir);
                FrameClient first = guest(lanyard, 1);
                FrameClient second = guest(lanyard, 2);
                FrameClient third = guest(lanyard, 3)) {
            FrameClient.meet(first, second);
            FrameClient.meet(first, third);
            FrameClient.meet(second, third);
        }
    }

    @Test
    void shouldGiveEachGuestTheLowestFreeNumber() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir);
                FrameClient first = guest(lanyard, 1)) {
            FrameClient second = guest(lanyard, 2);
            try (FrameClient third = guest(lanyard, 3)) {
                second.close();
                lanyard.await("guests/2", "absent");
                second = guest(lanyard, 2);
                assertEquals("up", lanyard.state("guests/1"));
                assertEquals("up", lanyard.state("guests/3"));
                try (FrameClient fourth = guest(lanyard, 4)) {
                    assertEquals(
                            "{\"up\":4,\"down\":0,\"listening\":1}",
                            lanyard.call("status").path("ports").toString());
                    assertTrue(first != third && third != fourth);
                }
            } finally {
                second.close();
            }
        }
    }

    @Test
    void shouldKeepTheCountersOfAGuestThatComesBack() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir)) {
            for (int visit = 1; visit <= 3; visit++) {
                try (FrameClient guest = guest(lanyard, 1)) {
                    guest.send(FrameClient.frame(ALL, FIRST, "again"));
                    awaitReceived(lanyard, "guests/1", visit);
                }
                lanyard.await("guests/1", "absent");
            }
            JsonNode status = lanyard.call("status");
            assertEquals(3, status.path("rx_packets").asLong(), "those that left are counted too");
            assertEquals(180, status.path("rx_bytes").asLong());
            assertEquals(3, status.path("drops").path("no-other-port").asLong());
        }
    }

    @Test
    void shouldTellWhoIsConnected() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir);
                FrameClient guest = guest(lanyard, 1)) {
            JsonNode port = lanyard.port("guests/1");
            assertEquals(ProcessHandle.current().pid(), port.path("peer").path("pid").asLong());
            assertEquals(LibC.geteuid(), port.path("peer").path("uid").asInt());
            assertTrue(lanyard.port("guests").path("peer").path("pid").isNull());
            assertTrue(guest != null);
        }
    }

    @Test
    void shouldListenAtTheTcpPortThatTheKernelChose() throws Exception {
        String toml = "[ports.lab]\nstream = { listen = \"tcp:127.0.0.1:0\" }\n";
        try (RunningSwitch lanyard = RunningSwitch.of(toml, dir)) {
            String endpoint = lanyard.port("lab").path("endpoint").asText();
            assertTrue(endpoint.matches("tcp:127\\.0\\.0\\.1:[1-9][0-9]*"), endpoint);
            int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
            try (FrameClient first = FrameClient.at(port)) {
                lanyard.await("lab/1", "up");
                try (FrameClient second = FrameClient.at(port)) {
                    lanyard.await("lab/2", "up");
                    byte[] hello = FrameClient.frame(ALL, FIRST, "hello");
                    first.send(hello);
                    assertArrayEquals(hello, second.receive());
                    String remote = lanyard.port("lab/1").path("endpoint").asText();
                    assertTrue(remote.matches("tcp:127\\.0\\.0\\.1:[1-9][0-9]*"), remote);
                    assertTrue(lanyard.port("lab/1").path("peer").path("pid").isNull());
                }
            }
        }
    }

    @Test
    void shouldTakeThePlaceOfASocketThatADeadSwitchLeft() throws Exception {
        Path socket = dir.resolve("guests.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertTrue(Files.exists(socket));
        try (RunningSwitch lanyard = RunningSwitch.in(dir);
                FrameClient guest = guest(lanyard, 1)) {
            assertTrue(guest != null);
        }
        assertFalse(Files.exists(socket), "its own it removes");
    }

    @Test
    void shouldNotTakeTheSocketOfALiveProcess() throws Exception {
        Path socket = dir.resolve("guests.sock");
        try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            live.bind(UnixDomainSocketAddress.of(socket));
            IOException e = assertThrows(IOException.class, () -> RunningSwitch.in(dir));
            assertEquals(
                    "port guests: another process listens at "
                            + socket
                            + "; end it or choose another path",
                    e.getMessage());
            assertTrue(Files.exists(socket), "it is not ours to remove");
            assertNothingLeft();
        }
    }

    private void assertNothingLeft() {
        assertFalse(Files.exists(dir.resolve("control.sock")), "control.sock");
        assertFalse(Files.exists(dir.resolve("lanyard.pid")), "lanyard.pid");
    }

    @Test
    void shouldNotRemoveAFileThatIsNoSocket() throws Exception {
        Path file = dir.resolve("guests.sock");
        Files.writeString(file, "my thesis");
        IOException e = assertThrows(IOException.class, () -> RunningSwitch.in(dir));
        assertEquals(
                "port guests: " + file + " exists and is no socket: remove it or choose another",
                e.getMessage());
        assertEquals("my thesis", Files.readString(file));
        assertNothingLeft();
    }

    @Test
    void shouldTellWhichPortHasAPathThatIsTooLong() {
        String name = "s".repeat(108);
        String toml = "[ports.web]\nstream = { listen = \"unix:" + name.substring(1) + "\" }\n";
        IOException e = assertThrows(IOException.class, () -> RunningSwitch.of(toml, dir));
        Path whole = dir.resolve(name.substring(1));
        assertEquals(
                "port web: the socket path "
                        + whole
                        + " has "
                        + whole.toString().length()
                        + " bytes; the kernel takes at most 107: choose a shorter runtime directory"
                        + " or path",
                e.getMessage());
        assertNothingLeft();
    }

    @Test
    void shouldTellWhichTcpAddressIsTaken() throws Exception {
        String toml = "[ports.lab]\nstream = { listen = \"tcp:127.0.0.1:0\" }\n";
        try (RunningSwitch lanyard = RunningSwitch.of(toml, dir.resolve("a"))) {
            String endpoint = lanyard.port("lab").path("endpoint").asText();
            String second = toml.replace("tcp:127.0.0.1:0", endpoint);
            IOException e =
                    assertThrows(
                            IOException.class, () -> RunningSwitch.of(second, dir.resolve("b")));
            assertEquals(
                    "port lab: listen at " + endpoint + ": Address already in use", e.getMessage());
        }
    }

    @Test
    void shouldTellWhatAClientThatIsNoGuestSaid() throws Exception {
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = RunningSwitch.in(dir);
                FrameClient browser = guest(lanyard, 1)) {
            browser.sendRaw("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThrows(EOFException.class, browser::receive);
            lanyard.await("guests/1", "absent");
            String last = log.lines().get(log.lines().size() - 1);
            assertEquals(
                    "INFO port guests/1 down: what came first is no frame length, so this is no"
                            + " stream of frames: 47455420 ('GET '); guests attach with -netdev"
                            + " stream or socket, programs talk to control.sock",
                    last);
        }
    }

    @Test
    void shouldSendAGuestAwayWhenTheSwitchHasNoPortLeft() throws Exception {
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = RunningSwitch.of("[switch]\nmax-ports = 2\n", dir);
                FrameClient first = guest(lanyard, 1);
                FrameClient second = guest(lanyard, 2);
                FrameClient third = FrameClient.at(lanyard.path("guests.sock"))) {
            assertThrows(EOFException.class, third::receive);
            Eventually.see(
                    "a line that tells why",
                    log::lines,
                    lines ->
                            lines.stream()
                                    .anyMatch(
                                            line ->
                                                    line.matches(
                                                            "WARNING port guests refuses a guest,"
                                                                    + " pid \\d+, uid \\d+: no port is"
                                                                    + " left: max-ports is 2, .*")));
            byte[] hello = FrameClient.frame(ALL, FIRST, "hello");
            first.send(hello);
            assertArrayEquals(hello, second.receive());
        }
    }

    @Test
    void shouldNotLetGuestsThatComeAndGoFillTheLog() throws Exception {
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = RunningSwitch.in(dir)) {
            for (int i = 0; i < 200; i++) {
                FrameClient.at(lanyard.path("guests.sock")).close();
            }
            try (FrameClient second = FrameClient.at(lanyard.path("guests.sock"));
                    FrameClient last = FrameClient.at(lanyard.path("guests.sock"))) {
                // Guests are taken in as they came: when the last is served, all were.
                last.send(FrameClient.frame(ALL, FIRST, "last"));
                second.receive();
                Eventually.see(
                        "none but the last two",
                        () -> lanyard.call("status").path("ports").path("up").asInt(),
                        count -> count == 2);
            }
            List<String> lines = log.lines();
            assertTrue(lines.size() <= 40, () -> lines.size() + " lines: " + lines);
            assertTrue(lines.size() >= 20, () -> lines.size() + " lines: " + lines);
        }
    }

    @Test
    void shouldRemoveItsSocketsAtTheEnd() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir)) {
            assertTrue(Files.exists(dir.resolve("guests.sock")) && lanyard.isRunning());
        }
        assertFalse(Files.exists(dir.resolve("guests.sock")), "guests.sock");
        assertNothingLeft();
    }

    /** It is let in as often as it may be, and whoever comes after it has a port all the same. */
    @Test
    void shouldLetWhoConnectsInALoopWait() throws Exception {
        AtomicBoolean stands = new AtomicBoolean(true);
        long start = System.nanoTime();
        Clock clock = () -> stands.get() ? start : System.nanoTime();
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = RunningSwitch.of("", dir, clock);
                FrameClient first = guest(lanyard, 1)) {
            Eventually.see(
                    "a line",
                    () -> {
                        FrameClient.at(lanyard.path("guests.sock")).close();
                        return said(log);
                    },
                    said -> said == 1);
            Eventually.see("none of them", () -> up(lanyard), up -> up == 1);
            FrameClient second = FrameClient.at(lanyard.path("guests.sock"));
            lanyard.call("status");
            assertEquals(1, up(lanyard), "the last waits");
            stands.set(false);
            Eventually.see("a guest that comes after them", () -> up(lanyard), up -> up == 2);
            FrameClient.meet(first, second);
            second.close();
            assertEquals(1, said(log), "once a minute");
        }
    }

    @Test
    void shouldLetAllInWhoStay() throws Exception {
        AtomicBoolean stands = new AtomicBoolean(true);
        long start = System.nanoTime();
        Clock clock = () -> stands.get() ? start : System.nanoTime();
        List<FrameClient> guests = new ArrayList<>();
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = RunningSwitch.of("", dir, clock)) {
            for (int i = 0; i < ListeningPort.VISITS_AT_ONCE + 100; i++) {
                guests.add(FrameClient.at(lanyard.path("guests.sock")));
            }
            Eventually.see("all", () -> up(lanyard), up -> up == guests.size());
            assertEquals(0, said(log));
            stands.set(false);
        } finally {
            for (FrameClient guest : guests) {
                guest.close();
            }
        }
    }

    private static long said(LogLines log) {
        return log.lines().stream()
                .filter(line -> line.contains("port guests: somebody connects again and again"))
                .count();
    }

    private static int up(RunningSwitch lanyard) throws IOException {
        return lanyard.call("status").path("ports").path("up").asInt();
    }
}
