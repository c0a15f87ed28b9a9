package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;

/** A switch that may have few descriptors, and more guests than those. */
@Timeout(240)
class FewDescriptorsControlIT {
    private static final int LIMIT = 120;
    private static final int GUESTS = 200;

    @TempDir private Path temp;
    private final List<FrameClient> guests = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (FrameClient guest : guests) {
            guest.close();
        }
    }

    @Test
    void shouldAnswerThoughGuestsTakeAllDescriptorsThatTheyMayHave() throws Exception {
        String limited = "ulimit -n " + LIMIT + "; exec \"$0\" \"$@\"";
        Program lanyard = Program.in(temp.resolve("lan0")).behind("sh", "-c", limited);
        Program free = Program.in(temp.resolve("lan0"));
        lanyard.succeed("start");
        try {
            for (int i = 0; i < GUESTS; i++) {
                guests.add(FrameClient.at(free.path("guests.sock")));
            }
            Eventually.see(
                    "guests that wait",
                    () -> Files.readString(free.path("lanyard.log")),
                    log -> log.contains("guests wait until descriptors are free"));
            for (int i = 0; i < 3; i++) {
                String status = free.succeed("status").out();
                assertTrue(status.contains("switch     lan0"), status);
            }
            String ports = free.succeed("port", "list").out();
            String told = "the switch may have " + LIMIT + " (ulimit -n; LimitNOFILE= of a unit)";
            assertTrue(ports.contains(told), ports);
            String doctor = free.succeed("doctor").out();
            assertTrue(doctor.contains("of whose " + LIMIT + " open files guests may"), doctor);
            assertEquals("switch stopped\n", free.succeed("stop").out());
        } finally {
            free.cleanUp();
        }
    }
}
