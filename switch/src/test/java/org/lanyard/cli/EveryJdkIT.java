package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;

/** The same jar on every JDK from 17 that is installed: it works, and no JDK warns of anything. */
@Timeout(300)
class EveryJdkIT {
    private static final Path INSTALLED = Path.of("/usr/lib/jvm");
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

    @TempDir private Path temp;

    /** The JDK that runs this test, and those where distributions put them. */
    static List<Path> jdks() throws IOException {
        Set<Path> found = new LinkedHashSet<>();
        found.add(Path.of(System.getProperty("java.home")).toRealPath());
        if (Files.isDirectory(INSTALLED)) {
            try (Stream<Path> homes = Files.list(INSTALLED)) {
                for (Path home : homes.sorted().toList()) {
                    if (Files.isExecutable(home.resolve("bin/java")) && version(home) >= 17) {
                        found.add(home.toRealPath());
                    }
                }
            }
        }
        return List.copyOf(found);
    }

    private static int version(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.exists(release)) {
            return 0;
        }
        Matcher matcher = VERSION.matcher(Files.readString(release));
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    private static void assertNoWarning(String where, String text) {
        assertTrue(!text.contains("WARNING"), () -> where + ":\n" + text);
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldWorkInTheBackgroundWithoutAWarning(Path jdk) throws Exception {
        Program lanyard = Program.in(temp.resolve("lan0")).by(jdk.resolve("bin/java"));
        try {
            List<Program.Ended> commands = new ArrayList<>();
            commands.add(lanyard.run("status"));
            assertEquals(3, commands.get(0).exitCode());
            commands.add(lanyard.succeed("start"));
            exchangeFrames(lanyard.path("guests.sock"));
            commands.add(lanyard.succeed("status"));
            commands.add(lanyard.succeed("port", "list"));
            commands.add(lanyard.succeed("stop"));
            for (Program.Ended command : commands) {
                assertNoWarning("standard error", command.err());
                assertNoWarning("standard output", command.out());
            }
            assertNoWarning("the log", Files.readString(lanyard.path("lanyard.log")));
        } finally {
            lanyard.cleanUp();
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldWorkInTheForegroundWithoutAWarning(Path jdk) throws Exception {
        Program lanyard = Program.in(temp.resolve("lan0")).by(jdk.resolve("bin/java"));
        Process process = lanyard.spawn("run");
        try {
            Eventually.see(
                    "a switch that answers",
                    () -> lanyard.run("status").exitCode(),
                    code -> code == 0);
            exchangeFrames(lanyard.path("guests.sock"));
            lanyard.succeed("stop");
            Program.Ended ended = Program.end(process);
            assertEquals(0, ended.exitCode(), ended::err);
            assertNoWarning("standard error", ended.err());
            assertTrue(ended.err().contains("INFO "), ended::err);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void exchangeFrames(Path socket) throws IOException {
        try (FrameClient first = FrameClient.at(socket);
                FrameClient second = FrameClient.at(socket)) {
            FrameClient.meet(first, second);
            for (int i = 0; i < 1000; i++) {
                byte[] hello =
                        FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello " + i);
                first.send(hello);
                assertArrayEquals(hello, second.receive());
            }
        }
    }
}
