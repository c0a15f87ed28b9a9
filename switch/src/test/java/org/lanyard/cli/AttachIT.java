package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanyard.control.Eventually;
import org.lanyard.control.RunningSwitch;
import org.lanyard.guest.Qemu;

/** A shell gives what {@code lanyard attach} prints to the QEMU that is installed. */
@Timeout(120)
class AttachIT {
    private static final String PORTS =
            "[ports.guests]\nstream = { listen = \"unix:it's for guests.sock\" }\n"
                    + "[ports.lab]\nstream = { listen = \"tcp:127.0.0.1:0\" }\n";

    @TempDir private Path dir;

    private String stateOf(String port) throws IOException {
        Cli cli = Cli.run("port", "show", port, "--json", "--runtime-dir", dir.toString());
        return cli.exitCode() == 0
                ? new ObjectMapper().readTree(cli.out()).path("state").asText()
                : cli.err();
    }

    @ParameterizedTest
    @CsvSource({
        "guests, virtio-net-pci, qemu",
        "guests, e1000, qemu",
        "lab, virtio-net-pci, qemu",
        "lab, virtio-net-pci, nic",
        "lab, e1000, nic"
    })
    void shouldPlugTheInstalledQemuIn(String port, String model, String format) throws Exception {
        Path qemu = Qemu.forHost().path();
        try (RunningSwitch lanyard = RunningSwitch.of(PORTS, dir)) {
            String words = "attach " + port + " --model " + model + " --format " + format;
            Cli printed = Cli.run((words + " --runtime-dir " + lanyard.path("")).split(" "));
            assertEquals(0, printed.exitCode(), printed::err);
            // Stopped before its first instruction; its cards are plugged in all the same.
            String command = "exec " + qemu + " -S -display none -nodefaults -accel tcg ";
            Process guest =
                    new ProcessBuilder("sh", "-c", command + printed.out())
                            .redirectErrorStream(true)
                            .start();
            try {
                Eventually.see("up", () -> stateOf(port + "/1"), "up"::equals);
                assertTrue(guest.isAlive());
            } finally {
                guest.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
            }
        }
    }
}
