package org.lanyard.slirp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.ReadableClasses;

/**
 * A user port's child that frames have made another program: what it tries is in {@link
 * HostileChild}, and none of it works, whoever runs the switch, with namespaces and without.
 */
@Tag("slow")
@Timeout(120)
class HostileChildTest {
    private static final int USER = 12_345;
    private static final int NOBODY = 65_534;
    private static final int TRIES = 100;

    /** What the kernel says of a call that it did not even look at the arguments of. */
    private static final Pattern REFUSED = Pattern.compile("[^:]+(: [^:]+)?: error (1|2|3|13|38)");

    private static final String WITHOUT_USER_NAMESPACES =
            "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --inh-caps -all"
                    + " --ambient-caps -all \"$@\"";

    @TempDir private static Path classes;
    @TempDir private Path dir;
    private static String classPath;
    private ServerSocketChannel unix;
    private Path secret;
    private Path open;
    private Process victim;
    private Process starter;

    @BeforeAll
    static void copy() throws IOException {
        classPath = ReadableClasses.copiedTo(classes);
    }

    @BeforeEach
    void prepare() throws IOException {
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxrwxrwx"));
        secret = Files.writeString(dir.resolve("secret"), "for all to read");
        open = Files.writeString(dir.resolve("open"), "for all to change");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-rw-"));
        unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        unix.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
        unix.configureBlocking(false);
        Files.setPosixFilePermissions(
                dir.resolve("s"), PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    @AfterEach
    void endAll() throws IOException {
        unix.close();
        for (Process process : Stream.of(victim, starter).filter(p -> p != null).toList()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static boolean isRoot() {
        return LibC.geteuid() == 0;
    }

    private static List<String> as(int uid) {
        return uid == LibC.geteuid()
                ? List.of()
                : List.of("setpriv", "--reuid", "" + uid, "--regid", "" + uid, "--clear-groups");
    }

    private static int user() {
        return isRoot() ? USER : LibC.geteuid();
    }

    private Process start(List<String> before, String... command) throws IOException {
        List<String> words = new ArrayList<>(before);
        words.addAll(List.of(command));
        return new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .directory(Path.of("/").toFile())
                .start();
    }

    /**
     * @param uid as which the switch runs
     * @param before words before its command
     * @param uidOfChild another process of which is to live on
     */
    private void attack(
            int uid, List<String> before, boolean namespaces, int uidOfChild, String enclosure)
            throws Exception {
        victim = start(as(uidOfChild), "sleep", "300");
        List<String> words = new ArrayList<>(as(uid));
        words.addAll(before);
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-cp", classPath, HostileStarter.class.getName(), "" + namespaces));
        words.addAll(UserNetwork.of(Ip4.parse("10.0.2.0"), 24).words());
        words.add("victim=" + victim.pid());
        words.add("secret=" + secret);
        words.add("open=" + open);
        words.add("unix=" + dir.resolve("s"));
        words.add("abstract=lanyard-hostile-" + victim.pid());
        starter = start(words);
        BufferedReader said = starter.inputReader(StandardCharsets.UTF_8);
        assertEquals("enclosure: " + enclosure, said.readLine());
        List<String> lines = new ArrayList<>();
        for (String line = said.readLine(); !"end".equals(line); line = said.readLine()) {
            assertTrue(line != null, () -> "it ended after " + lines);
            lines.add(line);
        }
        lookAt(lines);
        assertShutInWhole();
        starter.getOutputStream().close();
        assertEquals("status: 0", said.readLine());
    }

    private void lookAt(List<String> lines) throws IOException {
        assertTrue(lines.remove("serves: true"), () -> "what it is for is gone: " + lines);
        assertTrue(
                lines.remove("a way up from a directory that is open: error 9"), lines::toString);
        assertEquals(List.of(), lines.stream().filter(l -> !REFUSED.matcher(l).matches()).toList());
        assertTrue(lines.size() >= TRIES, () -> lines.size() + " tries");
        assertTrue(victim.isAlive());
        assertEquals("for all to change", Files.readString(open));
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(
                    List.of("open", "s", "secret"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertEquals(null, unix.accept());
    }

    /** Each thread of the JVM, by what the kernel says of it. */
    private void assertShutInWhole() throws IOException {
        ProcessHandle java =
                starter.descendants()
                        .filter(p -> p.children().findAny().isEmpty())
                        .reduce((first, last) -> last)
                        .orElseThrow();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + java.pid() + "/task"))) {
            for (Path task : tasks.toList()) {
                String status = Files.readString(task.resolve("status"));
                assertTrue(status.contains("\nNoNewPrivs:\t1\n"), status);
                assertTrue(status.contains("\nSeccomp:\t2\n"), status);
            }
        }
    }

    private static List<String> lacking() {
        return List.of(
                "unshare",
                "--user",
                "--map-current-user",
                "--keep-caps",
                "sh",
                "-c",
                WITHOUT_USER_NAMESPACES,
                "sh");
    }

    @Test
    void shouldReachNothingInNamespacesAsRoot() throws Exception {
        assumeTrue(isRoot());
        attack(0, List.of(), true, NOBODY, "NAMESPACES");
    }

    @Test
    void shouldReachNothingWithoutNamespacesAsRoot() throws Exception {
        assumeTrue(isRoot());
        attack(0, List.of(), false, NOBODY, "LANDLOCK");
    }

    @Test
    void shouldReachNothingInNamespacesAsAUser() throws Exception {
        attack(user(), List.of(), true, user(), "NAMESPACES");
    }

    @Test
    void shouldReachNothingWhereAUserHasNoUserNamespaces() throws Exception {
        attack(user(), lacking(), true, user(), "LANDLOCK");
    }
}
