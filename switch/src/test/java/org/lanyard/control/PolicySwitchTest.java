package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.Frames;

/** What ports say of their frames, from the file to the guests' sockets. */
class PolicySwitchTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final long HOST = 0x5254_0000_0001L;

    @TempDir private Path dir;

    private static FrameClient guest(RunningSwitch lanyard, String port, int number)
            throws Exception {
        FrameClient guest = FrameClient.at(lanyard.path(port + ".sock"));
        lanyard.await(port + "/" + number, "up");
        return guest;
    }

    private static long drops(RunningSwitch lanyard, String port, String reason)
            throws IOException {
        return lanyard.port(port).path("drops").path(reason).asLong();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldIsolateGuestsOfOnePortAndShowTheMirrorWhatTheySend(int workers) throws Exception {
        String configuration =
                """
                [switch]
                workers = %d

                [ports.guests]
                stream = { listen = "unix:guests.sock" }
                isolated = true

                [ports.host]
                stream = { listen = "unix:host.sock" }

                [ports.watch]
                stream = { listen = "unix:watch.sock" }
                mirror = { ports = ["guests"], direction = "rx", snap = 100 }
                """;
        try (RunningSwitch lanyard = RunningSwitch.of(String.format(configuration, workers), dir);
                FrameClient ann = guest(lanyard, "guests", 1);
                FrameClient ben = guest(lanyard, "guests", 2);
                FrameClient host = guest(lanyard, "host", 1);
                FrameClient watch = guest(lanyard, "watch", 1)) {
            byte[] call = Frames.frame(Frames.BROADCAST, ANN, 300, 1);
            ann.send(call);
            assertArrayEquals(call, host.receive());
            assertArrayEquals(Arrays.copyOf(call, 100), watch.receive());
            host.send(Frames.frame(Frames.BROADCAST, HOST, 300, 2));
            assertEquals(2, Frames.mark(ann.receive()));
            assertEquals(2, Frames.mark(ben.receive()), "and nothing of Ann's before");
            ben.send(Frames.frame(ANN, BEN, 60, 3));
            Eventually.see(
                    "the frame between the two",
                    () -> drops(lanyard, "guests/2", "isolated"),
                    count -> count == 1L);
            assertEquals(
                    3, Frames.mark(watch.receive()), "what a guest sends is shown all the same");
            assertEquals(
                    "[{\"port\":\"watch\",\"state\":\"listening\",\"ports\":[\"guests\"],"
                            + "\"vlans\":[],\"rx\":true,\"tx\":false,\"snap\":100},"
                            + "{\"port\":\"watch/1\",\"state\":\"up\",\"ports\":[\"guests\"],"
                            + "\"vlans\":[],\"rx\":true,\"tx\":false,\"snap\":100}]",
                    lanyard.call("mirror.list").toString());
        }
    }

    @Test
    void shouldLimitWhatAGuestSendsAndGets() throws Exception {
        String configuration =
                """
                [ports.slow]
                stream = { listen = "unix:slow.sock" }
                limit = { ingress = "8kbit", egress = "8kbit", burst = "72KiB" }

                [ports.fast]
                stream = { listen = "unix:fast.sock" }
                """;
        try (RunningSwitch lanyard = RunningSwitch.of(configuration, dir);
                FrameClient slow = guest(lanyard, "slow", 1);
                FrameClient fast = guest(lanyard, "fast", 1)) {
            for (int i = 1; i <= 100; i++) {
                slow.send(Frames.frame(Frames.BROADCAST, ANN, 1_000, i));
                fast.send(Frames.frame(Frames.BROADCAST, BEN, 1_000, i));
                if (i % 25 == 0) { // a socket holds not all of them
                    long sent = i;
                    for (String port : List.of("slow/1", "fast/1")) {
                        Eventually.see(
                                sent + " frames at " + port,
                                () -> lanyard.port(port).path("rx_packets").asLong(),
                                count -> count == sent);
                    }
                }
            }
            Eventually.see(
                    "what is above a burst",
                    () -> drops(lanyard, "slow/1", "ingress-limit"),
                    count -> count > 15 && count <= 27);
            Eventually.see(
                    "the same on the way out",
                    () -> drops(lanyard, "slow/1", "egress-limit"),
                    count -> count > 15 && count <= 27);
        }
    }

    /** Two ports of one switch joined by a cable outside: each flood goes round and round. */
    @Test
    void shouldStayResponsiveInALoopAndTellOfIt() throws Exception {
        String configuration =
                """
                [switch]
                mac-moves = 5

                [ports.guests]
                stream = { listen = "unix:guests.sock" }
                storm = { broadcast = 200, multicast = 200, unknown = 200 }
                """;
        try (LogLines log = LogLines.of(PortWatch.class);
                LogLines told = LogLines.of(AddressWatch.class);
                RunningSwitch lanyard = RunningSwitch.of(configuration, dir);
                FrameClient guest = guest(lanyard, "guests", 1);
                FrameClient other = guest(lanyard, "guests", 2);
                Cable loop = new Cable(lanyard.path("guests.sock"))) {
            lanyard.await("guests/4", "up");
            assertTrue(loop.isJoined());
            for (int i = 0; i < 50; i++) {
                guest.send(Frames.frame(Frames.BROADCAST, ANN, 60, i));
            }
            other.send(Frames.frame(Frames.BROADCAST, BEN, 60, 99));
            Eventually.see(
                    "storm control at work",
                    () -> drops(lanyard, "guests/3", "storm") + drops(lanyard, "guests/4", "storm"),
                    count -> count > 0);
            Eventually.see(
                    "lines that tell of it",
                    () -> {
                        // Storm control ends what goes round: somebody goes on to speak.
                        guest.send(Frames.frame(Frames.BROADCAST, ANN, 60, 50));
                        other.send(Frames.frame(Frames.BROADCAST, BEN, 60, 99));
                        return told.lines();
                    },
                    lines -> lines.stream().anyMatch(PolicySwitchTest::namesTheLoop));
            assertTrue(log.lines().stream().anyMatch(line -> line.contains("storm")));
            long before = lanyard.port("guests/2").path("tx_packets").asLong();
            for (int i = 0; i < 20; i++) {
                lanyard.call("status");
            }
            long after = lanyard.port("guests/2").path("tx_packets").asLong();
            assertTrue(after - before < 5_000, (after - before) + " frames at a bystander");
        }
    }

    private static boolean namesTheLoop(String line) {
        return line.contains("loop") && line.matches(".*guests/[34].*") && line.contains("guests/");
    }

    /** Joins two ports: what comes out of one goes into the other. */
    private static final class Cable implements AutoCloseable {
        private final List<SocketChannel> ends = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();

        Cable(Path socket) throws IOException {
            for (int i = 0; i < 2; i++) {
                SocketChannel end = SocketChannel.open(StandardProtocolFamily.UNIX);
                end.connect(UnixDomainSocketAddress.of(socket));
                ends.add(end);
            }
            join(ends.get(0), ends.get(1));
            join(ends.get(1), ends.get(0));
        }

        private void join(SocketChannel from, SocketChannel to) {
            Thread thread =
                    new Thread(
                            () -> {
                                ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 16);
                                try {
                                    while (from.read(bytes.clear()) >= 0) {
                                        bytes.flip();
                                        while (bytes.hasRemaining()) {
                                            to.write(bytes);
                                        }
                                    }
                                } catch (IOException e) {
                                    // the end of the test
                                }
                            },
                            "cable");
            thread.start();
            threads.add(thread);
        }

        boolean isJoined() {
            return threads.stream().allMatch(Thread::isAlive);
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel end : ends) {
                end.close();
            }
        }
    }
}
