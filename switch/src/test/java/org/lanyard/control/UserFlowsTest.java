package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.slirp.Packets;
import org.lanyard.tapio.LibC;

/** Guests of a user port who want more than their share, who leave, and a child that hangs. */
@Timeout(300)
class UserFlowsTest {
    private static final long GREEDY = 0x5254_0000_0001L;
    private static final long OTHER = 0x5254_0000_0002L;
    private static final int GREEDY_ADDRESS = 0x0a00020f;
    private static final int OTHER_ADDRESS = 0x0a000210;
    private static final int DISCARD = 9;
    private static final int SHARE = 512;
    private static final int SIGSTOP = 19;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String TOML =
            "[ports.g]\nstream = { listen = 'unix:g.sock' }\n[ports.out]\n"
                    + "user = { host-loopback = true }\n";

    @TempDir private Path dir;

    private static FrameClient guest(RunningSwitch lanyard, int number) throws Exception {
        Eventually.see("the way out", () -> lanyard.state("out"), "up"::equals, LONG);
        FrameClient guest = FrameClient.at(lanyard.path("g.sock"));
        lanyard.await("g/" + number, "up");
        return guest;
    }

    private static long pid(RunningSwitch lanyard) throws IOException {
        return lanyard.port("out").path("peer").path("pid").asLong();
    }

    private static void assertServed(FrameClient guest, long mac, int address, String payload)
            throws IOException {
        guest.send(Packets.arp(mac, address, Packets.GATEWAY));
        guest.send(Packets.ping(mac, address, payload));
        while (!Packets.isPong(guest.receive(), payload)) {
            // What else the gateway says.
        }
    }

    private static void awaitFlows(RunningSwitch lanyard, long lowest, long highest)
            throws Exception {
        Eventually.see(
                lowest + " to " + highest + " flows",
                () -> lanyard.port("out").path("flows").asLong(),
                count -> count >= lowest && count <= highest,
                LONG);
    }

    private static void connect(FrameClient guest, long mac, int address, int from, int port)
            throws IOException {
        guest.send(Packets.syn(mac, address, from, port));
        byte[] answer = guest.receive();
        while (!Packets.isSynAck(answer)) {
            answer = guest.receive();
        }
        guest.send(Packets.ack(mac, address, answer));
    }

    private static long sockets(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }

    @Test
    void shouldLeaveSocketsToOthersHoweverManyAGuestWants() throws Exception {
        try (LogLines log = LogLines.of(UserGuests.class);
                RunningSwitch lanyard = RunningSwitch.of(TOML, dir);
                FrameClient greedy = guest(lanyard, 1);
                FrameClient other = guest(lanyard, 2)) {
            for (int flow = 1; flow <= 3_000; flow++) {
                greedy.send(Packets.udp(GREEDY, GREEDY_ADDRESS, flow, DISCARD));
                if (flow % 100 == 0) {
                    assertServed(greedy, GREEDY, GREEDY_ADDRESS, "after " + flow);
                }
            }
            awaitFlows(lanyard, SHARE, SHARE);
            for (int flow = 1; flow <= 100; flow++) {
                other.send(Packets.udp(OTHER, OTHER_ADDRESS, flow, DISCARD));
            }
            assertServed(other, OTHER, OTHER_ADDRESS, "and the other?");
            awaitFlows(lanyard, SHARE + 100, SHARE + 100);
            assertTrue(
                    lanyard.port("out").path("refused").path("flows").asLong() >= 2_000,
                    () -> "refused ones are counted");
            assertTrue(
                    log.lines().stream().anyMatch(line -> line.contains("g/1 wants more")),
                    () -> log.lines().toString());
        }
    }

    @Test
    void shouldEndTheConnectionsOfAGuestThatLeft() throws Exception {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (ServerSocket server = new ServerSocket(0, 100, loopback);
                RunningSwitch lanyard = RunningSwitch.of(TOML, dir);
                FrameClient stays = guest(lanyard, 1)) {
            assertServed(stays, OTHER, OTHER_ADDRESS, "here I am");
            connect(stays, OTHER, OTHER_ADDRESS, 1_000, server.getLocalPort());
            try (FrameClient leaves = guest(lanyard, 2)) {
                assertServed(leaves, GREEDY, GREEDY_ADDRESS, "for a while");
                for (int from = 2_000; from < 2_050; from++) {
                    connect(leaves, GREEDY, GREEDY_ADDRESS, from, server.getLocalPort());
                }
                awaitFlows(lanyard, 51, 51);
            }
            awaitFlows(lanyard, 1, 1);
            assertServed(stays, OTHER, OTHER_ADDRESS, "still there");
        }
    }

    @Test
    void shouldKillAChildThatHangsAndStartAnother() throws Exception {
        try (LogLines log = LogLines.of(UserAttachment.class);
                RunningSwitch lanyard = RunningSwitch.of(TOML, dir);
                FrameClient guest = guest(lanyard, 1)) {
            assertServed(guest, GREEDY, GREEDY_ADDRESS, "well?");
            long hangs = pid(lanyard);
            assertEquals(0, LibC.kill((int) hangs, SIGSTOP));
            Eventually.see(
                    "another child",
                    () -> (pid(lanyard) != hangs) + " " + lanyard.state("out"),
                    "true up"::equals,
                    LONG);
            assertTrue(
                    log.lines().stream().anyMatch(l -> l.contains("did not answer for 15 s")),
                    () -> log.lines().toString());
            assertServed(guest, GREEDY, GREEDY_ADDRESS, "and now?");
            assertTrue(sockets(pid(lanyard)) > 0);
        }
    }
}
