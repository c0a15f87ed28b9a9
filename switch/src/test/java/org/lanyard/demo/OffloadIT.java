package org.lanyard.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.capture.Tshark;
import org.lanyard.cli.Cli;
import org.lanyard.control.Eventually;
import org.lanyard.control.RunningSwitch;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.tapio.NetNamespace;

/**
 * Two hosts on TAPs, each in a namespace of its own, and a real guest: TCP and UDP among them in
 * super-frames where both ends take them and in frames with right checksums where one does not.
 */
@Timeout(300)
class OffloadIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CONFIGURATION =
            """
            [switch]
            workers = %d

            [ports.one]
            tap = { name = "end1" }

            [ports.two]
            tap = { name = "end2" }

            [ports.guest]
            stream = { listen = "unix:guest.sock" }
            """;

    /** More than a frame of MTU 1500 by far: many of them at once. */
    private static final int SUPER = 4 * 1514;

    @TempDir private Path dir;
    private NetNamespace middle;
    private NetNamespace one;
    private NetNamespace two;
    private RunningSwitch lanyard;
    private Process server;

    @BeforeEach
    void enter() throws Exception {
        middle = NetNamespace.create();
        one = NetNamespace.create();
        two = NetNamespace.create();
    }

    @AfterEach
    void leave() {
        if (server != null) {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
        if (lanyard != null) {
            lanyard.close();
        }
        for (NetNamespace namespace : new NetNamespace[] {middle, one, two}) {
            if (namespace != null) {
                namespace.close();
            }
        }
    }

    private void start(int workers) throws Exception {
        start(CONFIGURATION.formatted(workers));
    }

    private void start(String configuration) throws Exception {
        // TAPs belong to the namespace of the thread that opens them: the switch's is made there.
        lanyard = middle.call(() -> RunningSwitch.of(configuration, dir));
        settle(one, 1);
        settle(two, 2);
        server =
                one.process("iperf3", "-s")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
    }

    private void settle(NetNamespace host, int number) throws IOException {
        String end = "end" + number;
        middle.exec("ip", "link", "set", end, "netns", host.name());
        host.exec("ip", "address", "add", "10.9.0." + number + "/24", "dev", end);
        host.exec("ip", "address", "add", "fd09::" + number + "/64", "dev", end, "nodad");
        host.exec("ip", "link", "set", end, "up");
    }

    private static void awaitPing(NetNamespace from, String address) throws Exception {
        from.exec("ping", "-n", "-c", "1", "-w", "20", address);
    }

    private JsonNode port(String name) throws Exception {
        return lanyard.port(name);
    }

    private void assertNothingLost() throws Exception {
        for (JsonNode port : lanyard.call("port.list")) {
            for (String reason : List.of("not-segmented", "write-failed", "oversize", "runt")) {
                assertTrue(port.path("drops").path(reason).isMissingNode(), port::toString);
            }
        }
    }

    private void assertPassesWhole(String... iperf) throws Exception {
        long frames = port("two").path("rx_packets").asLong();
        long bytes = port("two").path("rx_bytes").asLong();
        two.exec(iperf);
        Eventually.see(
                "frames of more than " + SUPER + " bytes",
                () ->
                        (port("two").path("rx_bytes").asLong() - bytes)
                                / Math.max(1, port("two").path("rx_packets").asLong() - frames),
                mean -> mean > SUPER);
        assertNothingLost();
    }

    @Test
    void shouldPassSuperFramesWholeFromTapToTap() throws Exception {
        start(1);
        awaitPing(two, "10.9.0.1");
        assertPassesWhole("iperf3", "-c", "10.9.0.1", "-t", "2");
        assertPassesWhole("iperf3", "-c", "fd09::1", "-t", "2");
    }

    @Test
    void shouldPassThemBetweenTwoWorkers() throws Exception {
        start(2);
        awaitPing(two, "10.9.0.1");
        assertPassesWhole("iperf3", "-c", "10.9.0.1", "-t", "2", "-P", "2");
    }

    /** An impaired wire and a limit are about frames as they would be on a wire. */
    @Test
    void shouldLimitAndImpairFramesAndNotSuperFrames() throws Exception {
        String limited =
                "impair = { delay = \"1ms\" }\nlimit = { ingress = \"200Mbit\", burst = \"72KiB\" }\n";
        start(
                CONFIGURATION
                        .formatted(1)
                        .replace(
                                "tap = { name = \"end2\" }\n",
                                "tap = { name = \"end2\" }\n" + limited));
        awaitPing(two, "10.9.0.1");
        String said = two.exec("iperf3", "-c", "10.9.0.1", "-t", "3", "-f", "m", "--json");
        JsonNode sum =
                new ObjectMapper()
                        .readTree(said.substring(said.indexOf("{")))
                        .path("end")
                        .path("sum_received");
        double megabits = sum.path("bits_per_second").asDouble() / 1e6;
        assertTrue(megabits > 20 && megabits < 220, said);
        assertNothingLost();
    }

    @Test
    void shouldGiveAGuestFramesWithRightChecksums() throws Exception {
        start(1);
        try (LinuxGuest guest =
                StreamGuest.boot(
                        lanyard,
                        "guest",
                        3,
                        "ip link set eth0 up; ip address add 10.9.0.3/24 dev eth0;"
                                + " ip address add fd09::3/64 dev eth0 nodad",
                        PATIENCE)) {
            guest.outputOf("until ping -c 1 -W 1 10.9.0.1; do :; done", PATIENCE);
            Path file = dir.resolve("guest.pcapng");
            Thread capture =
                    new Thread(
                            () ->
                                    Cli.run(
                                            "capture",
                                            "guest",
                                            "-w",
                                            file.toString(),
                                            "--count",
                                            "6000",
                                            "--runtime-dir",
                                            dir.toString()));
            capture.start();
            for (String options : List.of("-R -t 2", "-t 2", "-6 -R -t 2", "-u -b 50M -R -t 1")) {
                String address = options.contains("-6") ? "fd09::1" : "10.9.0.1";
                String command = "iperf3 -c " + address + " " + options;
                String said = guest.outputOf(command, PATIENCE);
                assertTrue(said.contains("receiver"), said);
            }
            capture.join(PATIENCE.toMillis());
            assertNothingLost();
            int bad = 0;
            int longest = 0;
            for (List<String> frame :
                    Tshark.checked(
                            file,
                            "frame.len",
                            "ip.checksum.status",
                            "tcp.checksum.status",
                            "udp.checksum.status")) {
                longest = Math.max(longest, Integer.parseInt(frame.get(0)));
                bad += frame.subList(1, 4).stream().anyMatch("0"::equals) ? 1 : 0;
            }
            assertEquals(1514, longest, "no guest gets a super-frame");
            assertEquals(0, bad, "checksums that tshark finds bad");
        }
    }

    @Test
    void shouldPutTogetherWhatAGuestSends() throws Exception {
        start(1);
        try (LinuxGuest guest = StreamGuest.addressed(lanyard, "guest", 3, PATIENCE)) {
            guest.outputOf("until ping -c 1 -W 1 10.9.0.1; do :; done", PATIENCE);
            long before = kernelFrames();
            long sent = port("one").path("tx_packets").asLong();
            String said = guest.outputOf("iperf3 -c 10.9.0.1 -t 3", PATIENCE);
            assertTrue(said.contains("receiver"), said);
            assertNothingLost();
            long frames = port("one").path("tx_packets").asLong() - sent;
            long taken = kernelFrames() - before;
            assertTrue(taken * 3 < frames * 2, () -> frames + " frames came as " + taken);
        }
    }

    /** What the host on the first TAP has received: a super-frame counts as one. */
    private long kernelFrames() throws IOException {
        return Long.parseLong(one.exec("cat", "/sys/class/net/end1/statistics/rx_packets").strip());
    }
}
