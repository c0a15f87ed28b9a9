package org.lanyard.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.cli.Cli;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;
import org.lanyard.control.RunningSwitch;
import org.lanyard.guest.LinuxGuest;

/** The configuration changes again and again around two real guests that send all they can. */
@Timeout(300)
class ReloadGuestsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RELOADS = 30;
    private static final String GUESTS =
            """
            [ports.one]
            stream = { listen = "unix:one.sock" }

            [ports.two]
            stream = { listen = "unix:two.sock" }

            """;
    private static final String OTHER =
            """
            [ports.other%d]
            stream = { listen = "unix:other%d.sock" }
            limit = { egress = "%dMbit" }
            """;

    @TempDir private Path dir;

    private LinuxGuest boot(RunningSwitch lanyard, String port, int number) {
        return StreamGuest.addressed(lanyard, port, number, PATIENCE);
    }

    private Cli apply(Path file) {
        return Cli.run("config", "apply", file.toString(), "--runtime-dir", dir.toString());
    }

    @Test
    void shouldLoseNoFrameOfPortsThatStay() throws Exception {
        Path file = dir.resolve("lab.toml");
        try (RunningSwitch lanyard = RunningSwitch.of(GUESTS, dir);
                LinuxGuest one = boot(lanyard, "one", 1);
                LinuxGuest two = boot(lanyard, "two", 2)) {
            one.outputOf("iperf3 -s -D", PATIENCE);
            two.outputOf("until ping -c 1 -W 1 10.9.0.1; do :; done", PATIENCE);
            CompletableFuture<String> load =
                    CompletableFuture.supplyAsync(
                            () -> two.outputOf("iperf3 -c 10.9.0.1 -t 15 -f m", PATIENCE));
            long before = received(lanyard, "two/1");
            Eventually.see("traffic", () -> received(lanyard, "two/1"), now -> now > before + 1000);
            int reloads = 0;
            for (int turn = 0; turn < RELOADS && !load.isDone(); turn++) {
                Files.writeString(file, GUESTS + OTHER.formatted(turn % 5, turn % 5, turn + 1));
                Cli applied = apply(file);
                assertEquals(0, applied.exitCode(), applied::err);
                if (turn % 3 == 0) {
                    FrameClient.at(lanyard.path("other" + turn % 5 + ".sock")).close();
                }
                String ports = lanyard.call("config.show").toString();
                Files.writeString(file, GUESTS + "[ports.broken]\nstraem = 5\n");
                assertEquals(4, apply(file).exitCode());
                assertEquals(ports, lanyard.call("config.show").toString(), "nothing changed");
                reloads++;
            }
            assertFalse(load.isDone(), "all within the load, and not after it");
            assertEquals(RELOADS, reloads);
            String carried = load.get();
            assertTrue(carried.contains("receiver"), carried);
            // Once it is quiet, what one sent is what the other was sent: to the frame.
            Eventually.see("quiet", () -> imbalance(lanyard), balance -> balance.equals("0 0"));
            for (String port : new String[] {"one/1", "two/1"}) {
                assertEquals("{}", lanyard.port(port).path("drops").toString(), port);
                assertEquals("up", lanyard.port(port).path("state").asText());
            }
        }
    }

    private static long received(RunningSwitch lanyard, String port) throws Exception {
        return lanyard.port(port).path("rx_packets").asLong();
    }

    private static String imbalance(RunningSwitch lanyard) throws Exception {
        JsonNode one = lanyard.port("one/1");
        JsonNode two = lanyard.port("two/1");
        long there = one.path("rx_packets").asLong() - two.path("tx_packets").asLong();
        long back = two.path("rx_packets").asLong() - one.path("tx_packets").asLong();
        return there + " " + back;
    }
}
