package org.lanyard.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.cli.Cli;
import org.lanyard.control.RunningSwitch;
import org.lanyard.guest.LinuxGuest;

/** Real guests under what ports say of their frames, changed while they run. */
class PolicyGuestsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CONFIGURATION =
            """
            [ports.one]
            stream = { listen = "unix:one.sock" }
            transparent = true

            [ports.two]
            stream = { listen = "unix:two.sock" }
            transparent = true

            [ports.three]
            stream = { listen = "unix:three.sock" }
            """;

    @TempDir private Path dir;

    /** A bridge over its only card: the kernel's own spanning tree speaks by it. */
    private LinuxGuest boot(RunningSwitch lanyard, String port, int number) {
        return StreamGuest.boot(
                lanyard,
                port,
                number,
                "ip link add br0 type bridge stp_state 1 forward_delay 200 hello_time 100;"
                        + " ip link set eth0 master br0; ip link set eth0 up; ip link set br0 up;"
                        + " ip address add 10.9.0."
                        + number
                        + "/24 dev br0",
                PATIENCE);
    }

    private static String root(LinuxGuest guest) {
        return guest.outputOf("cat /sys/class/net/br0/bridge/root_id", PATIENCE).trim();
    }

    private static String self(LinuxGuest guest) {
        return guest.outputOf("cat /sys/class/net/br0/bridge/bridge_id", PATIENCE).trim();
    }

    private static boolean reaches(LinuxGuest from, int number) {
        return from.run(
                        "for i in 1 2 3 4 5 6 7 8 9 10; do ping -c 1 -W 1 10.9.0."
                                + number
                                + " && exit 0; done; exit 1",
                        PATIENCE)
                .succeeded();
    }

    private static boolean isCutOff(LinuxGuest from, int number) {
        return !from.run("ip neigh flush all; ping -c 2 -W 1 10.9.0." + number, PATIENCE)
                .succeeded();
    }

    private void set(RunningSwitch lanyard, String port, String... settings) {
        String[] words = new String[5 + settings.length];
        System.arraycopy(
                new String[] {"port", "set", port, "--runtime-dir", lanyard.path("").toString()},
                0,
                words,
                0,
                5);
        System.arraycopy(settings, 0, words, 5, settings.length);
        Cli cli = Cli.run(words);
        assertEquals(0, cli.exitCode(), cli::err);
    }

    @Test
    void shouldHoldForRealGuests() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(CONFIGURATION, dir);
                LinuxGuest one = boot(lanyard, "one", 1);
                LinuxGuest two = boot(lanyard, "two", 2);
                LinuxGuest three = boot(lanyard, "three", 3)) {
            assertTrue(reaches(one, 2) && reaches(one, 3) && reaches(two, 3));

            // Spanning tree passes between transparent ports and no others.
            assertEquals(self(one), root(two), "the lower address is the root");
            assertEquals(self(one), root(one));
            assertEquals(self(three), root(three), "it has heard of no other");
            assertNotEquals(self(one), self(three));

            set(lanyard, "two", "isolated=true");
            set(lanyard, "three", "isolated=true");
            assertTrue(isCutOff(two, 3), "both are isolated");
            assertTrue(reaches(two, 1) && reaches(three, 1));
            set(lanyard, "two", "--unset", "isolated");
            assertTrue(reaches(two, 3));

            set(lanyard, "three", "allow-macs=['52:54:00:00:00:99']");
            assertTrue(isCutOff(three, 1), "its source is another");
            set(lanyard, "three", "allow-macs=['52:54:00:00:00:03']");
            assertTrue(reaches(three, 1));

            set(lanyard, "one", "flood={ broadcast = false }");
            assertTrue(isCutOff(three, 1), "nobody asks for its address any more");
            set(lanyard, "one", "--unset", "flood");
            assertTrue(reaches(three, 1));

            set(lanyard, "two", "limit={ ingress = '2Mbit' }");
            one.outputOf("iperf3 -s -D", PATIENCE);
            String carried = two.outputOf("sleep 1; iperf3 -c 10.9.0.1 -t 3 -f k", PATIENCE);
            assertFalse(carried.contains("error"), carried);
            assertTrue(kilobits(carried) < 2_000 * 1.3, carried); // and its burst
        }
    }

    private static double kilobits(String output) {
        String line = output.lines().filter(l -> l.contains("receiver")).findFirst().orElse("");
        String[] words = line.trim().split("\\s+");
        for (int i = 1; i < words.length; i++) {
            if (words[i].equals("Kbits/sec")) {
                return Double.parseDouble(words[i - 1]);
            }
        }
        throw new AssertionError("no rate in " + output);
    }
}
