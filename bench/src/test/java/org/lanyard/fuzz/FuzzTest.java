package org.lanyard.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every target with all that was ever found worth trying, and with new tries for a moment. */
@Timeout(3000)
final class FuzzTest {
    private static final Path BENCH = Path.of("").toAbsolutePath();
    private static final int SECONDS = 1;
    private static final int PATIENCE_SECONDS = 1200;
    private static final int MOST_BYTES = 256 << 10;

    static List<Target> targets() throws IOException {
        return Target.all(BENCH);
    }

    @ParameterizedTest
    @MethodSource("targets")
    void shouldHoldForAllThatWasFoundWorthTrying(Target target) throws Throwable {
        Replay replay = new Replay(target.className());
        List<Path> tries = target.tries();
        assertTrue(tries.size() > 1, () -> "a corpus of " + tries);
        for (Path file : tries) {
            try {
                replay.give(Files.readAllBytes(file));
            } catch (Throwable e) {
                throw new AssertionError("bench/fuzz --replay " + target.name() + " " + file, e);
            }
        }
    }

    @Test
    void shouldHaveASmallCorpus() throws IOException {
        long bytes = 0;
        for (Target target : targets()) {
            for (Path file : target.tries()) {
                bytes += Files.size(file);
            }
        }
        assertTrue(bytes < MOST_BYTES, bytes + " bytes; see bench/fuzz");
    }

    @Test
    void shouldHoldForNewTriesToo() throws Exception {
        Path results = BENCH.resolve("target/fuzz-test");
        int cores = Runtime.getRuntime().availableProcessors();
        ExecutorService pool = Executors.newFixedThreadPool(cores);
        List<Future<String>> found = new ArrayList<>();
        try {
            for (Target target : targets()) {
                Callable<String> one = () -> fuzz(target, results.resolve(target.name()));
                found.add(pool.submit(one));
            }
            for (Future<String> one : found) {
                assertEquals("", one.get());
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static String fuzz(Target target, Path directory) throws Exception {
        try (Fuzzing fuzzing = Fuzzing.start(target, directory, SECONDS)) {
            boolean ended = fuzzing.await(PATIENCE_SECONDS);
            return ended && fuzzing.passed()
                    ? ""
                    : fuzzing.log(60)
                            + "\nagain: bench/fuzz --replay "
                            + target.name()
                            + " "
                            + fuzzing.findings();
        }
    }
}
