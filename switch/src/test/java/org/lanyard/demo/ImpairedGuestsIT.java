package org.lanyard.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.cli.Cli;
import org.lanyard.control.RunningSwitch;
import org.lanyard.guest.LinuxGuest;

/** Two real guests, one of them behind a wire that is made worse while they talk. */
class ImpairedGuestsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern TRIP = Pattern.compile("min/avg/max.* = ([\\d.]+)/");
    private static final Pattern LOSS = Pattern.compile("([\\d.]+)% packet loss");
    private static final Pattern RATE =
            Pattern.compile("([\\d.]+) Kbits/sec.*receiver", Pattern.MULTILINE);
    private static final String CONFIGURATION =
            """
            [ports.near]
            stream = { listen = "unix:near.sock" }

            [ports.far]
            stream = { listen = "unix:far.sock" }
            impair = { delay = "25ms" }
            """;

    @TempDir private Path dir;

    private LinuxGuest boot(RunningSwitch lanyard, String port, int number) {
        return StreamGuest.addressed(lanyard, port, number, PATIENCE);
    }

    private void set(RunningSwitch lanyard, String impairment) {
        String where = lanyard.path("").toString();
        Cli cli = Cli.run("port", "set", "far", "--runtime-dir", where, "impair = " + impairment);
        assertEquals(0, cli.exitCode(), cli::err);
    }

    private static double number(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output);
        assertTrue(matcher.find(), output);
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void shouldFeelTheDelayTheRateAndTheLoss() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(CONFIGURATION, dir);
                LinuxGuest near = boot(lanyard, "near", 1);
                LinuxGuest far = boot(lanyard, "far", 2)) {
            String delayed = near.outputOf("ping -c 5 -i 0.2 10.9.0.2", PATIENCE);
            assertTrue(delayed.contains(" 0% packet loss"), delayed);
            assertTrue(number(TRIP, delayed) >= 50, delayed);

            set(lanyard, "{ rate = \"4Mbit\" }");
            far.outputOf("iperf3 -s -D", PATIENCE);
            String carried = near.outputOf("sleep 1; iperf3 -c 10.9.0.2 -t 4 -O 1 -f k", PATIENCE);
            double kilobits = number(RATE, carried);
            assertTrue(kilobits > 400 && kilobits <= 4_000, carried);

            set(lanyard, "{ loss = \"100%\" }");
            assertTrue(
                    near.outputOf("ping -c 3 -i 0.2 -W 1 10.9.0.2 || true", PATIENCE)
                            .contains(" 100% packet loss"));

            set(lanyard, "{ corrupt = \"100%\" }");
            String damaged = near.outputOf("ping -c 20 -i 0.1 -W 1 10.9.0.2 || true", PATIENCE);
            // A bit that nobody checks, of the source address for example, is no loss.
            assertTrue(number(LOSS, damaged) >= 50, damaged);

            set(lanyard, "{}");
            String whole = near.outputOf("ping -c 5 -i 0.2 10.9.0.2", PATIENCE);
            assertTrue(whole.contains(" 0% packet loss"), whole);
        }
    }
}
