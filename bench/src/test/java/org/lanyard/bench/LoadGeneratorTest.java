package org.lanyard.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The generator's own figures, against candidates whose behaviour is known. */
final class LoadGeneratorTest {
    @TempDir private static Path programs;
    private static Natives natives;

    @TempDir private Path directory;

    @BeforeAll
    static void compile() throws Exception {
        assumeTrue(Commands.find("gcc") != null, "needs gcc: the bench is C");
        natives = Natives.compile(Path.of("src/main/c"), programs);
    }

    private static Trial trial(String... load) {
        return new Trial("t", "t", "", Placement.FREE, List.of(load), Set.of(), List.of());
    }

    private Measurement measure(Candidate candidate, String... load) throws Exception {
        try (Candidate.Running running = candidate.start(directory)) {
            return new LoadGenerator(natives.loadgen(), 0.1, 0.3).measure(trial(load), running);
        }
    }

    @ParameterizedTest
    @CsvSource({"36,1", "64,1", "64,32", "1514,3", "9018,1", "65535,1", "69632,4"})
    void shouldFindThatARelayLosesNothing(String size, String batch) throws Exception {
        ByteRelay relay = new ByteRelay(natives.relay());
        Measurement found = measure(relay, "--size", size, "--batch", batch);
        assertTrue(found.delivered() > 100, found.toString());
        assertEquals(0, found.lossRatio());
        assertEquals(0, found.damaged() + found.reordered() + found.flooded());
    }

    @Test
    void shouldTimeARoundTrip() throws Exception {
        ByteRelay relay = new ByteRelay(natives.relay());
        Measurement found = measure(relay, "--pattern", "round-trip");
        assertTrue(found.p50Micros() > 0.5 && found.p50Micros() <= found.p99Micros());
        assertEquals(0, found.lossRatio());
    }

    @Test
    void shouldSendNoMoreThanItWasTold() throws Exception {
        ByteRelay relay = new ByteRelay(natives.relay());
        Measurement found = measure(relay, "--rate", "1000");
        assertTrue(found.offered() < 1_500, found.toString());
    }

    @Test
    void shouldSpeakVdesProtocol() throws Exception {
        VdeSwitch vde = new VdeSwitch(32);
        assumeTrue(vde.isAvailable(), "needs vde_switch: apt install vde2");
        Measurement found = measure(vde, "--pattern", "mesh", "--guests", "4");
        assertTrue(found.delivered() > 100, found.toString());
        assertEquals(0, found.damaged() + found.reordered() + found.flooded());
    }

    @Test
    void shouldSeeThatAHubFloods() throws Exception {
        assumeTrue(new VdeSwitch(32).isAvailable(), "needs vde_switch: apt install vde2");
        Path sockets = directory.resolve("vde");
        Process hub =
                new ProcessBuilder("vde_switch", "--hub", "--sock", sockets.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (Candidate.Running running = new RunningProcess("vde:" + sockets, hub)) {
            Commands.awaitFile(sockets.resolve("ctl"), hub);
            LoadGenerator generator = new LoadGenerator(natives.loadgen(), 0.1, 0.3);
            Measurement found = generator.measure(trial("--guests", "3"), running);
            assertTrue(found.flooded() > 0, found.toString());
        }
        assertTrue(Files.exists(directory));
    }
}
