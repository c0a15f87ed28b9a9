package org.lanyard.tapio;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A program that serves one connection, which is its standard input, as inetd(8) starts them. It
 * has an empty environment, leads a session of its own, and what it writes goes nowhere. The thread
 * that starts it calls everything.
 */
public final class InetdProgram {
    /** Under this number the program has the directory that it was given. */
    public static final int DIRECTORY = 3;

    private final int pid;

    private InetdProgram(int pid) {
        this.pid = pid;
    }

    /**
     * @param connection stays the caller's, who closes it
     * @param directory what the program is to reach as {@code /proc/self/fd/3}, though the way
     *     there may be closed to its user
     * @throws ErrnoException when it can't be started
     */
    public static InetdProgram start(
            Path program, List<String> arguments, int connection, Path directory)
            throws ErrnoException {
        int nowhere = open("/dev/null", LibC.O_RDWR);
        try {
            int inside = open(directory.toString(), LibC.O_PATH);
            try {
                int[][] descriptors = {
                    {connection, 0}, {nowhere, 1}, {nowhere, 2}, {inside, DIRECTORY}
                };
                return new InetdProgram(Spawn.start(program, arguments, descriptors, true));
            } finally {
                LibC.close(inside);
            }
        } finally {
            LibC.close(nowhere);
        }
    }

    private static int open(String path, int flags) throws ErrnoException {
        return ErrnoException.check(LibC.open(path, flags | LibC.O_CLOEXEC, 0), "open " + path);
    }

    public int pid() {
        return pid;
    }

    /** Completes when it has ended, on a thread of the JDK's; {@link #end} is then to be called. */
    public CompletableFuture<?> onEnd() {
        return ProcessHandle.of(pid)
                .<CompletableFuture<?>>map(ProcessHandle::onExit)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    /**
     * Ends it, where it has not ended, and what is left of its process group; leaves no zombie.
     *
     * @return its exit status, or 128 and more when a signal ended it
     */
    public int end() throws ErrnoException {
        LibC.kill(-pid, LibC.SIGKILL); // its number is not free before it is awaited
        return Spawn.await(pid);
    }
}
