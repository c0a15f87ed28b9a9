package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tarball that the build leaves: unpacked anywhere it runs, with an archive of classes or not.
 */
@Timeout(300)
class LauncherIT {
    private static final Path OWN = Path.of(System.getProperty("java.home"));

    @TempDir private Path temp;
    private Path home;

    @BeforeEach
    void unpack() throws Exception {
        Path tarball;
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            List<Path> all = files.filter(file -> file.toString().endsWith(".tar.gz")).toList();
            assertEquals(1, all.size(), all::toString);
            tarball = all.get(0);
        }
        run(OWN, "tar", "-xzf", tarball.toAbsolutePath().toString(), "-C", temp.toString());
        String name = tarball.getFileName().toString();
        home = temp.resolve(name.substring(0, name.length() - ".tar.gz".length()));
    }

    /** What a command writes, errors included; it has to succeed. */
    private String run(Path java, String... command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).directory(temp.toFile());
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().put("LANYARD_RUNTIME_DIR", temp.resolve("lan0").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), text);
        return text;
    }

    private String lanyard(Path java, String... words) throws Exception {
        String[] command = new String[words.length + 1];
        command[0] = home.resolve("bin/lanyard").toString();
        System.arraycopy(words, 0, command, 1, words.length);
        return run(java, command);
    }

    private void shareClasses(Path java) throws Exception {
        Path lib = home.resolve("lib");
        String archive = lib.resolve("lanyard.jsa").toString();
        assertEquals("", run(java, lib.resolve("share-classes") + "", lib + "", archive));
    }

    /** Whether our classes come from an archive. */
    private boolean isShared(Path java) throws Exception {
        Path log = temp.resolve("loaded.log");
        Path lanyard = home.resolve("bin/lanyard");
        String option = "LANYARD_JAVA_OPTS=-Xlog:class+load:file=" + log;
        run(java, "env", option, lanyard.toString(), "mac");
        String line =
                Files.readAllLines(log).stream()
                        .filter(text -> text.contains(" org.lanyard.cli.Lanyard "))
                        .findFirst()
                        .orElseThrow();
        return line.contains("shared objects file");
    }

    static List<Path> jdks() throws Exception {
        return EveryJdkIT.jdks();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldUseTheArchiveOfItsOwnJava(Path java) throws Exception {
        assertTrue(!isShared(java), "there is none yet");
        shareClasses(java);
        assertTrue(isShared(java));
        lanyard(java, "start");
        try {
            assertTrue(lanyard(java, "port", "list").startsWith("PORT "));
        } finally {
            assertEquals("switch stopped\n", lanyard(java, "stop"));
        }
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void shouldSayNothingAboutAnArchiveThatIsAnothers(Path java) throws Exception {
        shareClasses(OWN);
        // As if it were this one's: the JVM itself has to find out.
        Files.writeString(home.resolve("lib/lanyard.jsa.java"), java + "\n");
        assertTrue(lanyard(java, "mac").matches("[0-9a-f:]{17}\n"));
        Path jar = home.resolve("lib/lanyard.jar");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(5)));
        assertTrue(lanyard(java, "mac").matches("[0-9a-f:]{17}\n"));
    }

    @Test
    void shouldStartWithTheHeapThatTheFileNeedsAndNotOnceMore() throws Exception {
        Path file = temp.resolve("large.toml");
        Files.writeString(
                file,
                """
                [switch]
                name = "large"
                mac-table-size = 1048576
                [ports.guests]
                stream = { listen = "unix:guests.sock" }
                """);
        lanyard(OWN, "start", "--config", file.toString());
        try {
            String pid = Files.readString(temp.resolve("lan0/lanyard.pid")).strip();
            String words = Files.readString(Path.of("/proc", pid, "cmdline")).replace('\0', ' ');
            assertTrue(!words.contains(HeapSize.USUAL + " ") && words.contains("-Xmx"), words);
            assertTrue(
                    words.contains(HeapSize.MAY_GROW), "it did not start itself again: " + words);
        } finally {
            lanyard(OWN, "stop");
        }
    }

    @Test
    void shouldFindItsWayThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("l"), home.resolve("bin/lanyard"));
        assertTrue(run(OWN, link.toString(), "--version").startsWith("lanyard "));
    }
}
