package org.lanyard.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The synthetic guest's TCP against the kernel's, over a switch that is not ours. */
final class TcpGuestTest {
    @TempDir private Path directory;

    private static Trial trial(String... load) {
        return new Trial("t", "t", "", Placement.FREE, List.of(load), Set.of(), List.of());
    }

    @Test
    void shouldSpeakTcpWithAHostBothWays() throws Exception {
        VdeSwitch vde = new VdeSwitch(32);
        assumeTrue(Commands.find("gcc") != null, "needs gcc: the bench is C");
        assumeTrue(Namespace.isPossible(), "needs root: network namespaces");
        assumeTrue(vde.isAvailable(), "needs vde_switch: apt install vde2");
        Natives natives = Natives.compile(Path.of("src/main/c"), directory);
        TcpGuest tcp = new TcpGuest(natives.tcpGuest(), natives.tcpHost(), 0, 0.3);
        try (Candidate.Running running = new TapSwitch(vde).start(directory);
                Load.Attached attached = tcp.attach(running)) {
            for (String option : List.of("--batch=1", "--flows=4", TcpGuest.RECEIVE)) {
                Measurement found = attached.measure(trial(option));
                assertTrue(found.bitsPerSecond() > 1e6, option + ": " + found);
                assertEquals(0, found.damaged(), option);
            }
        }
    }
}
