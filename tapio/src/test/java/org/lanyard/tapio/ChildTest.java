package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChildTest {
    private static final Path SHELL = Path.of("/bin/sh");

    private static Child shell(String line, int input) throws IOException {
        return Child.start(SHELL, List.of("-c", line), input);
    }

    @Test
    void shouldHaveTheDescriptorAsItsStandardInput() throws IOException {
        int[] sockets = Fds.socketPair();
        try (Child child = shell("read line; echo \"got $line\"; echo late >&2", sockets[1]);
                Region text = Region.allocate(6)) {
            text.bytes().put(0, "hello\n".getBytes(StandardCharsets.US_ASCII));
            assertEquals(6, LibC.write(sockets[0], text.address(), 6));
            assertEquals("got hello\nlate", child.said());
            assertEquals(0, child.await());
        } finally {
            LibC.close(sockets[0]);
            LibC.close(sockets[1]);
        }
    }

    @Test
    void shouldHaveNothingElseOpen() throws IOException {
        int[] pipe = Fds.pipe();
        LibC.fcntl(pipe[0], LibC.F_SETFD, 0);
        try (Child child = shell(FdCount.TELL, pipe[0])) {
            assertEquals("0 1 2", child.said());
        } finally {
            LibC.close(pipe[0]);
            LibC.close(pipe[1]);
        }
    }

    /** Where the C library can't close them for the child. */
    @Test
    void shouldLetAllButTheFirstCloseOnExec() throws IOException {
        int[] pipe = Fds.pipe();
        LibC.fcntl(pipe[0], LibC.F_SETFD, 0);
        LibC.fcntl(pipe[1], LibC.F_SETFD, 0);
        Spawn.closeOnExec(Math.max(pipe[0], pipe[1]));
        StreamContract.assertClosesOnExec(Math.max(pipe[0], pipe[1]));
        assertEquals(0, LibC.fcntl(Math.min(pipe[0], pipe[1]), LibC.F_GETFD, 0));
        LibC.close(pipe[0]);
        LibC.close(pipe[1]);
    }

    @Test
    void shouldTellHowItEnded() throws IOException {
        try (Child child = shell("exit 7", 0)) {
            assertEquals(7, child.await());
        }
        try (Child child = shell("kill -15 $$", 0)) {
            assertEquals(128 + 15, child.await());
        }
    }

    @Test
    void shouldKeepOnlyTheFirstOfWhatItSays() throws IOException {
        try (Child child = shell("head -c 100000 /dev/zero | tr '\\0' x", 0)) {
            assertEquals("x".repeat(4096), child.said());
        }
    }

    @Test
    void shouldEndItWithoutAZombieOrADescriptorLeft() throws IOException {
        int before = FdCount.now();
        for (int i = 0; i < 5; i++) {
            shell("exec sleep 1000", 0).close();
        }
        assertTrue(FdCount.settlesAt(before), "open descriptors");
        assertEquals(
                0, ProcessHandle.current().children().filter(ChildTest::isSleep).count(), "left");
    }

    private static boolean isSleep(ProcessHandle child) {
        return child.info().command().orElse("").contains("sleep");
    }

    @Test
    void shouldSayThatThereIsNoSuchProgram() throws IOException {
        int before = FdCount.now();
        ErrnoException refusal =
                assertThrows(
                        ErrnoException.class, () -> Child.start(Path.of("/none"), List.of(), 0));
        assertEquals("start /none: No such file or directory", refusal.getMessage());
        assertTrue(FdCount.settlesAt(before), "open descriptors");
    }
}
