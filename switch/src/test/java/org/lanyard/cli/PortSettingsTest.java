package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.RunningSwitch;

/** What a port was told is shown in the words in which it is told. */
class PortSettingsTest {
    @TempDir private Path dir;

    @Test
    void shouldShowSettingsAsTheyAreWritten() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir)) {
            String port = lanyard.path("guests.sock").getFileName().toString().replace(".sock", "");
            Cli set =
                    Cli.run(
                            "port",
                            "set",
                            port,
                            "--runtime-dir",
                            dir.toString(),
                            "limit = { ingress = \"1500kbit\", egress = \"1Gbit\" }",
                            "impair = { loss = \"0.5%\", corrupt = \"0.00012%\", delay = \"2ms\","
                                    + " jitter = \"1500us\", rate = \"10Mbit\", seed = 7 }",
                            "storm = { broadcast = 100 }",
                            "mac-limit = 2",
                            "isolated = true");
            String wire =
                    "loss 0.5%, corrupt 0.00012%, delay 2ms ± 1500us, rate 10Mbit, queue 1MiB,"
                            + " seed 7\n";
            assertEquals(
                    "vlan      access 1\n"
                            + "is        isolated\n"
                            + "learns    2 addresses, beyond them flood\n"
                            + "limit     ingress 1500kbit, egress 1Gbit, burst 2441KiB\n"
                            + "storm     broadcast 100 frames/s\n"
                            + "wire in   "
                            + wire
                            + "wire out  "
                            + wire,
                    set.out(),
                    set.err());
        }
    }
}
