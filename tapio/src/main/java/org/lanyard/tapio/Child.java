package org.lanyard.tapio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A short-lived program that is given a descriptor as its standard input, which {@link
 * ProcessBuilder} can't do. It has an empty environment, and both its outputs are one pipe.
 */
final class Child implements AutoCloseable {
    private static final int MOST_SAID = 4096;

    private final int pid;
    private final int output;
    private boolean ended;

    private Child(int pid, int output) {
        this.pid = pid;
        this.output = output;
    }

    /**
     * @param standardInput stays the caller's
     * @throws ErrnoException when it can't be started
     */
    static Child start(Path program, List<String> arguments, int standardInput)
            throws ErrnoException {
        int[] pipe = Fds.pipe();
        try {
            int[][] streams = {{standardInput, 0}, {pipe[1], 1}, {pipe[1], 2}};
            return new Child(Spawn.start(program, arguments, streams, false), pipe[0]);
        } catch (ErrnoException e) {
            LibC.close(pipe[0]);
            throw e;
        } finally {
            LibC.close(pipe[1]);
        }
    }

    /** What it wrote until it ended, at most 4 KiB of it. */
    String said() {
        try (Region buffer = Region.allocate(MOST_SAID)) {
            int length = 0;
            while (length < MOST_SAID) {
                long got = LibC.read(output, buffer.address() + length, MOST_SAID - length);
                if (got == 0 || got < 0 && LibC.errno() != Errno.EINTR) {
                    break;
                }
                length += (int) Math.max(0, got);
            }
            byte[] text = new byte[length];
            buffer.bytes().get(0, text);
            return new String(text, StandardCharsets.UTF_8).strip();
        }
    }

    void kill() {
        LibC.kill(pid, LibC.SIGKILL);
    }

    /** Waits for its end; its exit status, or 128 and more when a signal ended it. */
    int await() throws IOException {
        ended = true;
        return Spawn.await(pid);
    }

    /** Leaves no zombie: kills it unless it has ended. */
    @Override
    public void close() throws IOException {
        LibC.close(output);
        if (!ended) {
            kill();
            await();
        }
    }
}
