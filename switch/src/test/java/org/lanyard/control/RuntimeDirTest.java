package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.tapio.LibC;

class RuntimeDirTest {
    private static final int NOBODY = 65534;

    @TempDir private Path base;
    private Path path;
    private RuntimeDir dir;

    @BeforeEach
    void name() {
        path = base.resolve("lanyard/lan0");
        dir = new RuntimeDir(path);
    }

    private static void chmod(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static void giveTo(int uid, Path file) throws IOException {
        assumeTrue(LibC.geteuid() == 0, "needs root: it gives a directory to another user");
        Files.setAttribute(file, "unix:uid", uid);
    }

    private void assertRefused(String message) {
        assertEquals(message, assertThrows(IOException.class, dir::create).getMessage());
    }

    @Test
    void shouldMakeTheDirectoryForItsOwnerAlone() throws IOException {
        dir.create();
        assertEquals("rwx------", mode(path));
        assertEquals("rwx--x--x", mode(path.getParent()), "may be passed");
    }

    @Test
    void shouldTakeADirectoryThatIsThere() throws IOException {
        dir.create();
        Files.writeString(path.resolve("kept"), "x");
        dir.create();
        assertTrue(Files.exists(path.resolve("kept")));
    }

    @Test
    void shouldTakeADirectoryThatOthersMayOnlyRead() throws IOException {
        dir.create();
        chmod(path, "rwxr-xr-x");
        dir.create();
    }

    @Test
    void shouldRefuseADirectoryInWhichOthersMayWrite() throws IOException {
        dir.create();
        for (String mode : new String[] {"rwxrwx---", "rwx----w-", "rwxrwxrwx"}) {
            chmod(path, mode);
            assertRefused(
                    "others may write to the runtime directory "
                            + path
                            + ": chmod 0700 it, or choose another with --runtime-dir");
        }
    }

    @Test
    void shouldRefuseAnotherUsersDirectory() throws IOException {
        dir.create();
        giveTo(NOBODY, path);
        assertRefused(
                "the runtime directory "
                        + path
                        + " belongs to uid 65534, not to you: choose another with --runtime-dir");
    }

    @Test
    void shouldRefuseAnotherUsersParentDirectory() throws IOException {
        dir.create();
        giveTo(NOBODY, path.getParent());
        assertRefused(
                "the runtime directory "
                        + path
                        + " could be replaced by others: "
                        + path.getParent()
                        + " belongs to uid 65534: choose another with --runtime-dir");
    }

    @Test
    void shouldRefuseAParentDirectoryInWhichAllMayRename() throws IOException {
        dir.create();
        chmod(path.getParent(), "rwxrwxrwx");
        assertRefused(
                "the runtime directory "
                        + path
                        + " could be replaced by others: "
                        + path.getParent()
                        + " is writable for all: choose another with --runtime-dir");
    }

    @Test
    void shouldTakeAParentDirectoryLikeTmp() throws IOException {
        dir.create();
        Files.setAttribute(path.getParent(), "unix:mode", 01777);
        dir.create();
    }

    @Test
    void shouldRefuseASymbolicLink() throws IOException {
        Files.createDirectories(path.getParent());
        Files.createDirectory(base.resolve("elsewhere"));
        Files.createSymbolicLink(path, base.resolve("elsewhere"));
        assertRefused(
                "the runtime directory "
                        + path
                        + " is a symbolic link: name the directory itself with --runtime-dir");
    }

    @Test
    void shouldRefuseAFile() throws IOException {
        Files.createDirectories(path.getParent());
        Files.createFile(path);
        assertRefused(path + " exists and is no directory: choose another with --runtime-dir");
    }

    @Test
    void shouldLetGroupsPassAndNobodyWrite() throws IOException {
        assumeTrue(LibC.geteuid() == 0, "needs root: it gives files to groups");
        dir.create();
        Files.createFile(dir.controlSocket());
        dir.letIn(List.of(), SocketAccess.NONE);
        assertEquals("rwx------ rw-------", mode(path) + " " + mode(dir.controlSocket()));
        dir.letIn(List.of(4711), SocketAccess.NONE);
        assertEquals("rwx--x--- rw-rw----", mode(path) + " " + mode(dir.controlSocket()));
        assertEquals(4711, Files.getAttribute(path, "unix:gid"));
        assertEquals(4711, Files.getAttribute(dir.controlSocket(), "unix:gid"));
        dir.letIn(List.of(4711, 4712), SocketAccess.NONE);
        assertEquals("rwx--x--x rw-rw-rw-", mode(path) + " " + mode(dir.controlSocket()));
        dir.create();
        dir.letIn(List.of(), SocketAccess.NONE);
        assertEquals("rwx------ rw-------", mode(path) + " " + mode(dir.controlSocket()));
    }

    @Test
    void shouldLetThosePassWhoReachGuestsSockets() throws IOException {
        assumeTrue(LibC.geteuid() == 0, "needs root: it gives files to groups");
        dir.create();
        Files.createFile(dir.controlSocket());
        dir.letIn(List.of(), new SocketAccess(Set.of(4711), false));
        assertEquals("rwx--x--- rw-------", mode(path) + " " + mode(dir.controlSocket()));
        assertEquals(4711, Files.getAttribute(path, "unix:gid"));
        dir.letIn(List.of(4712), new SocketAccess(Set.of(4712), false));
        assertEquals("rwx--x--- rw-rw----", mode(path) + " " + mode(dir.controlSocket()));
        assertEquals(4712, Files.getAttribute(path, "unix:gid"));
        dir.letIn(List.of(4712), new SocketAccess(Set.of(4711), false));
        assertEquals("rwx--x--x rw-rw----", mode(path) + " " + mode(dir.controlSocket()));
        dir.letIn(List.of(), new SocketAccess(Set.of(), true));
        assertEquals("rwx--x--x rw-------", mode(path) + " " + mode(dir.controlSocket()));
    }

    @Test
    void shouldKeepTheModeThatItsOwnerGaveIt() throws IOException {
        dir.create();
        Files.createFile(dir.controlSocket());
        chmod(path, "rwxr-xr-x");
        dir.letIn(List.of(), SocketAccess.NONE);
        assertEquals("rwxr-xr-x rw-------", mode(path) + " " + mode(dir.controlSocket()));
    }

    @Test
    void shouldTellWhichParentsAGroupCannotPass() throws IOException {
        dir.create();
        assertFalse(dir.closedParents().contains(path.getParent()));
        chmod(path.getParent(), "rwx------");
        assertTrue(dir.closedParents().contains(path.getParent()));
    }

    @Test
    void shouldWriteThePidAndRemoveItAtTheEnd() throws IOException {
        dir.create();
        try (RuntimeDir.Hold hold = dir.claim()) {
            assertEquals(
                    ProcessHandle.current().pid() + "\n",
                    Files.readString(path.resolve("lanyard.pid")));
            assertTrue(hold != null);
        }
        assertFalse(Files.exists(path.resolve("lanyard.pid")));
    }

    @Test
    void shouldRefuseADirectoryThatALiveSwitchHas() throws IOException {
        dir.create();
        try (RuntimeDir.Hold hold = dir.claim()) {
            IOException e = assertThrows(IOException.class, dir::claim);
            assertEquals(
                    "a switch is already running in "
                            + path
                            + " (pid "
                            + ProcessHandle.current().pid()
                            + "): stop it first, or give this one another --name",
                    e.getMessage());
            assertTrue(hold != null);
        }
        dir.claim().close();
    }

    @Test
    void shouldTakeOverFromADeadSwitchWhateverItsPid() throws IOException {
        dir.create();
        // A pid that lives proves nothing: it may be another program's by now. The lock does.
        for (String left : new String[] {"1\n", "999999999\n", "", "no pid, and rather long\n"}) {
            Files.writeString(dir.pidFile(), left);
            try (RuntimeDir.Hold hold = dir.claim()) {
                assertEquals(ProcessHandle.current().pid() + "\n", Files.readString(dir.pidFile()));
                assertTrue(hold != null);
            }
        }
    }

    @Test
    void shouldLiveWhereTheUsersSystemKeepsSuchThings() {
        RuntimeDir lab = RuntimeDir.ofName("lab", Map.of("XDG_RUNTIME_DIR", "/run/user/5"));
        RuntimeDir without = RuntimeDir.ofName("lab", Map.of());
        RuntimeDir empty = RuntimeDir.ofName("lab", Map.of("XDG_RUNTIME_DIR", ""));
        int uid = LibC.geteuid();
        String forRoot = "/run/lanyard/lab";
        assertEquals(uid == 0 ? forRoot : "/run/user/5/lanyard/lab", lab.path().toString());
        assertEquals(
                uid == 0 ? forRoot : "/tmp/lanyard-" + uid + "/lab", without.path().toString());
        assertEquals(without, empty);
    }

    @Test
    void shouldNameItsFiles() {
        assertEquals(path.resolve("control.sock"), dir.controlSocket());
        assertEquals(path.resolve("lanyard.pid"), dir.pidFile());
        assertEquals(path.resolve("lanyard.log"), dir.log());
    }
}
