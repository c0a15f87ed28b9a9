package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.tapio.LibC;

/** A start that can't be: one sentence on standard error, the exit code, and nothing left. */
@Timeout(300)
class FailedStartIT {
    @TempDir private Path temp;
    private Program lanyard;

    @BeforeEach
    void name() {
        lanyard = Program.in(temp.resolve("lan0"));
    }

    @AfterEach
    void cleanUp() throws IOException {
        lanyard.cleanUp();
    }

    private String config(String toml) throws IOException {
        Path file = temp.resolve("lab.toml");
        return Files.writeString(file, toml).toString();
    }

    private void assertFails(String message, String... words) throws Exception {
        Program.Ended ended = lanyard.run(words);
        assertEquals("lanyard: " + message + "\n", ended.err());
        assertEquals("", ended.out());
        assertEquals(1, ended.exitCode());
        assertNothingLeft();
    }

    private void assertNothingLeft() throws IOException {
        assertEquals(List.of(), lanyard.processes(), "processes");
        for (String file : List.of("control.sock", "first.sock", "lanyard.pid")) {
            assertFalse(Files.exists(lanyard.path(file)), () -> file + " is left");
        }
    }

    @Test
    void shouldTellThatAnotherProcessListensThere() throws Exception {
        Path busy = temp.resolve("busy.sock");
        String file =
                config(
                        "[ports.first]\nstream = { listen = \"unix:first.sock\" }\n"
                                + "[ports.web]\nstream = { listen = \"unix:"
                                + busy
                                + "\" }\n");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(busy));
            String message =
                    "port web: another process listens at "
                            + busy
                            + "; end it or choose another path";
            assertFails(message, "start", "--config", file);
            String log = Files.readString(lanyard.path("lanyard.log"));
            assertTrue(log.contains("ERROR " + message), log);
            assertTrue(Files.exists(busy), "it is not ours to remove");
        }
    }

    @Test
    void shouldTellThatATcpPortIsTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String endpoint = "tcp:127.0.0.1:" + other.getLocalPort();
            assertFails(
                    "port web: listen at " + endpoint + ": Address already in use",
                    "start",
                    "--config",
                    config("[ports.web]\nstream = { listen = \"" + endpoint + "\" }\n"));
        }
    }

    @Test
    void shouldTellTheKernelsLimitOfASocketPath() throws Exception {
        String name = "s".repeat(100);
        Path whole = lanyard.path(name);
        assertFails(
                "port web: the socket path "
                        + whole
                        + " has "
                        + whole.toString().length()
                        + " bytes; the kernel takes at most 107: choose a shorter runtime"
                        + " directory or path",
                "start",
                "--config",
                config("[ports.web]\nstream = { listen = \"unix:" + name + "\" }\n"));
    }

    @Test
    void shouldTellThatTheRuntimeDirectoryIsTooLong() throws Exception {
        Path dir = temp.resolve("d".repeat(100));
        Program.Ended ended = lanyard.run("start", "--runtime-dir", dir.toString());
        assertEquals(1, ended.exitCode());
        assertTrue(ended.err().contains("the kernel takes at most 107"), ended::err);
        assertEquals(1, ended.err().lines().count(), ended::err);
        assertFalse(Files.exists(dir.resolve("lanyard.pid")));
    }

    @Test
    void shouldTellThatOthersMayWriteToTheRuntimeDirectory() throws Exception {
        Files.createDirectory(lanyard.dir());
        Files.setPosixFilePermissions(lanyard.dir(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertFails(
                "others may write to the runtime directory "
                        + lanyard.dir()
                        + ": chmod 0700 it, or choose another with --runtime-dir",
                "start");
    }

    @Test
    void shouldTellThatTheRuntimeDirectoryIsAFile() throws Exception {
        Files.createFile(lanyard.dir());
        assertEquals(
                "lanyard: "
                        + lanyard.dir()
                        + " exists and is no directory: choose another with --runtime-dir\n",
                lanyard.run("start").err());
    }

    @Test
    void shouldTellWhatATapNeeds() throws Exception {
        assumeTrue(LibC.geteuid() == 0, "needs root: it starts a switch as another user");
        try (Nobody nobody = Nobody.in(temp)) {
            lanyard = nobody.program("nobody");
            Program.Ended ended =
                    lanyard.run(
                            "start",
                            "--config",
                            nobody.file(
                                    "tap.toml", "[ports.host]\ntap = { name = \"lanyit0\" }\n"));
            assertEquals(1, ended.exitCode(), ended::err);
            assertTrue(
                    ended.err().startsWith("lanyard: port host: ")
                            && (ended.err().contains("CAP_NET_ADMIN")
                                    || ended.err().contains("chmod 0666 /dev/net/tun")
                                    || ended.err().contains("modprobe tun")),
                    ended::err);
            assertEquals(1, ended.err().lines().count(), ended::err);
            assertNothingLeft();
        }
    }

    @Test
    void shouldReturn4ForABrokenConfiguration() throws Exception {
        String file = config("[ports.web]\nstreem = {}\n");
        Program.Ended ended = lanyard.run("start", "--config", file);
        assertEquals(file + ":2:1: unknown key 'streem' (did you mean 'stream'?)\n", ended.err());
        assertEquals(4, ended.exitCode());
        assertFalse(Files.exists(lanyard.dir()), "nothing was begun");
    }

    @Test
    void shouldTellThatAUserPortsLibraryIsMissing() throws Exception {
        assumeTrue(LibC.geteuid() == 0, "needs root: it hides a library from the switch");
        String hide = "for f in /usr/lib/*/libslirp.so.0; do mount --bind /dev/null $f; done";
        lanyard = lanyard.behind("unshare", "--mount", "sh", "-c", hide + "; exec \"$0\" \"$@\"");
        String file =
                config(
                        "[ports.first]\nstream = { listen = 'unix:first.sock' }\n"
                                + "[ports.out]\nuser = {}\n");
        String message =
                "port out: this host has no libslirp.so.0, which a user port needs; install it:"
                        + " apt install libslirp0";
        assertFails(message, "start", "--config", file);
    }
}
