package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class InetdProgramTest {
    private static final Path SHELL = Path.of("/bin/sh");
    private static final int LARGEST_ANSWER = 100;

    @TempDir private Path directory;
    private int[] sockets;

    @BeforeEach
    void connect() throws IOException {
        sockets = TcpSockets.pair();
    }

    @AfterEach
    void close() {
        LibC.close(sockets[0]);
    }

    /** Its end of the connection is the program's alone then. */
    private InetdProgram shell(String line) throws IOException {
        InetdProgram program =
                InetdProgram.start(SHELL, List.of("-c", line), sockets[1], directory);
        LibC.close(sockets[1]);
        return program;
    }

    private String answer() throws IOException {
        try (Region text = Region.allocate(LARGEST_ANSWER)) {
            int length = 0;
            long got;
            do {
                got = LibC.read(sockets[0], text.address() + length, LARGEST_ANSWER - length);
                length += (int) Math.max(0, got);
            } while (got > 0 || got < 0 && LibC.errno() == Errno.EAGAIN);
            byte[] bytes = new byte[length];
            text.bytes().get(0, bytes);
            return new String(bytes, StandardCharsets.US_ASCII);
        }
    }

    @Test
    void shouldServeTheConnectionInASessionOfItsOwn() throws Exception {
        Files.writeString(directory.resolve("word"), "inside");
        InetdProgram program =
                shell(
                        "echo nowhere; { cat /proc/self/fd/3/word; cut -d' ' -f6 /proc/$$/stat; } >&0");
        assertEquals("inside" + program.pid() + "\n", answer());
        program.onEnd().get(30, TimeUnit.SECONDS);
        assertEquals(0, program.end());
    }

    @Test
    void shouldHaveNothingElseOpen() throws Exception {
        int[] pipe = Fds.pipe();
        LibC.fcntl(pipe[0], LibC.F_SETFD, 0);
        InetdProgram program = shell("exec >&0; " + FdCount.TELL);
        assertEquals("0 1 2 3 ", answer());
        program.end();
        LibC.close(pipe[0]);
        LibC.close(pipe[1]);
    }

    @Test
    void shouldEndItsWholeGroup() throws Exception {
        InetdProgram program = shell("sleep 1000 & echo $! >&0; exec 0<&-; wait");
        long other = Long.parseLong(answer().strip());
        assertTrue(program.pid() != other);
        assertEquals(128 + LibC.SIGKILL, program.end());
        ProcessHandle.of(other).ifPresent(left -> left.onExit().join());
        assertFalse(ProcessHandle.of(program.pid()).isPresent(), "a zombie");
    }

    @Test
    void shouldLeaveNoDescriptorWhenThereIsNothingToStart() throws IOException {
        int before = FdCount.now();
        assertEquals(
                "start /none: No such file or directory",
                assertThrows(
                                ErrnoException.class,
                                () ->
                                        InetdProgram.start(
                                                Path.of("/none"), List.of(), sockets[1], directory))
                        .getMessage());
        assertTrue(FdCount.settlesAt(before), "open descriptors");
        LibC.close(sockets[1]);
    }
}
