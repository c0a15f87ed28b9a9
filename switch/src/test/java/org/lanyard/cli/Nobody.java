package org.lanyard.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program as a user without any privilege runs it: uid and gid 65534, no capabilities. The
 * program is copied to where that user may read it. Needs root.
 */
final class Nobody implements AutoCloseable {
    static final int UID = 65534;
    private static final String BECOME = "setpriv --reuid 65534 --regid 65534 ";
    private static final String STAY = "--bounding-set -all --no-new-privs ";
    private static final String NO_GROUPS = "--clear-groups";

    private final Path home;

    private Nobody(Path home) {
        this.home = home;
    }

    /**
     * @param temp a directory of the test's own, which is opened for reading
     */
    static Nobody in(Path temp) throws Exception {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path lib = Files.createDirectory(temp.resolve("lib"));
        try (Stream<Path> jars = Files.list(Program.packaged())) {
            for (Path jar : jars.toList()) {
                Files.copy(jar, lib.resolve(jar.getFileName()));
            }
        }
        Files.setPosixFilePermissions(lib, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Stream<Path> jars = Files.list(lib)) {
            for (Path jar : jars.toList()) {
                Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
            }
        }
        Path home = Files.createDirectory(temp.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        giveAway(home);
        Nobody nobody = new Nobody(home);
        Program.Ended version = nobody.program("none").run("--version");
        assumeTrue(
                version.exitCode() == 0,
                "needs setpriv and a JDK that uid 65534 may run: " + version.err());
        return nobody;
    }

    private static void giveAway(Path path) throws IOException {
        Files.setAttribute(path, "unix:gid", UID);
        Files.setAttribute(path, "unix:uid", UID);
    }

    /** A switch in this user's home. */
    Program program(String runtimeDir) {
        return programAt(home.resolve(runtimeDir));
    }

    /** The same behind the words of another command, which root starts. */
    Program programBehind(String runtimeDir, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of((BECOME + NO_GROUPS).split(" ")));
        return program(runtimeDir).behind(all.toArray(String[]::new));
    }

    /** This user's commands about a switch elsewhere. */
    Program programAt(Path runtimeDir) {
        return programAt(runtimeDir, NO_GROUPS);
    }

    /** The same with another group besides the user's own. */
    Program memberOf(String group, Path runtimeDir) {
        return programAt(runtimeDir, "--groups " + group);
    }

    private Program programAt(Path runtimeDir, String groups) {
        return Program.in(runtimeDir)
                .from(home.resolveSibling("lib"))
                .behind((BECOME + STAY + groups).split(" "))
                .workingIn(home);
    }

    /** A switch in this user's home, behind root's words, which may start setuid programs. */
    Program programBehind(List<String> words, String runtimeDir) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of((BECOME + NO_GROUPS).split(" ")));
        return program(runtimeDir).behind(all.toArray(String[]::new));
    }

    /** A file that this user may read. */
    String file(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.writeString(file, text);
        giveAway(file);
        return file.toString();
    }

    @Override
    public void close() throws IOException {
        giveBack(home);
    }

    /** So that the test's directory can be removed even by a root that is confined. */
    private static void giveBack(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", 0);
    }
}
