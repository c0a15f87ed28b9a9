package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.FrameClient;

/** Switches that run from a clone, which is built anew and cleaned beneath them: a copy of this. */
@Timeout(900)
class RebuildIT {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final int PATIENCE_SECONDS = 600;

    /** Only what Maven works with; where it lies now is no reason to compile all of it again. */
    private static final String COPY =
            "mkdir \"$0\" && tar -C .. -c --exclude=./.git --exclude=./.builds"
                    + " --exclude=./bench/target --exclude='*.deb' --exclude='*.tar.gz' . |"
                    + " tar -C \"$0\" -x";

    private static final String NO_COMPILING = "-Dmaven.compiler.useIncrementalCompilation=false";

    @TempDir private Path temp;
    private Path clone;
    private Program launched;
    private Program direct;

    @BeforeEach
    void copy() throws Exception {
        clone = temp.resolve("clone");
        launched = Program.in(temp.resolve("lan0"));
        run(Path.of("").toAbsolutePath(), "bash", "-c", COPY, clone.toString());
        direct = Program.in(temp.resolve("lan1")).from(clone.resolve("switch/target/dist/lib"));
    }

    @AfterEach
    void stop() throws Exception {
        launched.cleanUp();
        direct.cleanUp();
    }

    private Process spawn(Path directory, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(directory.toFile());
        builder.environment().put("LANYARD_RUNTIME_DIR", launched.dir().toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("MAVEN_OPTS", NO_COMPILING);
        builder.environment().remove("LANYARD_LAUNCHER");
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private String run(Path directory, String... command) throws Exception {
        Process process = spawn(directory, command);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), said);
        assertEquals(0, process.exitValue(), said);
        return said;
    }

    private static String[] command(String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "./lanyard";
        System.arraycopy(words, 0, command, 1, words.length);
        return command;
    }

    private String lanyard(String... words) throws Exception {
        return run(clone, command(words));
    }

    /** The same, whether it succeeds or not. */
    private String ask(String... words) throws Exception {
        Process process = spawn(clone, command(words));
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void cross(FrameClient ann, FrameClient ben) throws Exception {
        for (int i = 0; i < 100; i++) {
            ann.send(FrameClient.frame(BEN, ANN, "there"));
            ben.receive();
            ben.send(FrameClient.frame(ANN, BEN, "and back"));
            ann.receive();
        }
    }

    private Path build() throws Exception {
        return clone.resolve(".builds/current").toRealPath();
    }

    private void makeStale() throws Exception {
        try (Stream<Path> files = Files.walk(clone.resolve("switch/src/main/resources"))) {
            Path any = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            Files.setLastModifiedTime(any, FileTime.from(Instant.now()));
        }
    }

    /** As {@code mvn clean} does. */
    private void clean() throws Exception {
        for (String module : List.of("tapio", "switch")) {
            try (Stream<Path> files = Files.walk(clone.resolve(module).resolve("target"))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void shouldKeepTheFilesOfARunningSwitchWhateverIsBuilt() throws Exception {
        lanyard("start");
        direct.succeed("start");
        long pid = launched.process().pid();
        Path before = build();
        try (FrameClient ann = FrameClient.at(launched.path("guests.sock"));
                FrameClient ben = FrameClient.at(launched.path("guests.sock"));
                FrameClient cat = FrameClient.at(direct.path("guests.sock"));
                FrameClient dan = FrameClient.at(direct.path("guests.sock"))) {
            FrameClient.meet(ann, ben);
            FrameClient.meet(cat, dan);
            cross(ann, ben);
            cross(cat, dan);

            makeStale();
            assertTrue(lanyard("--version").contains("building"));
            assertNotEquals(before, build(), "another build is run from now on");
            cross(ann, ben);
            cross(cat, dan);
            direct.succeed("status");

            clean();
            cross(ann, ben);
            shouldLoadWhatItNeedsNow(ann, ben);
            assertEquals(pid, launched.process().pid());
            assertTrue(Files.exists(before), "it is used");
        }
        lanyard("stop");
    }

    /** Classes, libraries and a program that it did not need before. */
    private void shouldLoadWhatItNeedsNow(FrameClient ann, FrameClient ben) throws Exception {
        Path file = temp.resolve("some.pcapng");
        Process capture =
                spawn(
                        clone,
                        "./lanyard",
                        "capture",
                        "guests/1",
                        "--count",
                        "5",
                        "-w",
                        file.toString());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (capture.isAlive() && System.nanoTime() - deadline < 0) {
            cross(ann, ben);
        }
        assertTrue(capture.waitFor(1, TimeUnit.SECONDS), "five frames and no more");
        assertEquals(0, capture.exitValue());
        assertTrue(Files.size(file) > 0);

        ask("port", "add", "out", "user = {}"); // where cores are busy the answer may come late
        ask("port", "add", "peer", "stream = { connect = 'tcp:127.0.0.1:1' }");
        String ports = "";
        deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!ports.matches("(?s).*\nout +user +up .*") && System.nanoTime() - deadline < 0) {
            ports = ask("port", "list");
        }
        assertTrue(ports.matches("(?s).*\nout +user +up .*"), ports);
        assertTrue(ports.contains("\npeer "), ports);
    }
}
