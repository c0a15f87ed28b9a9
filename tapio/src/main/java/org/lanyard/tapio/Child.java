package org.lanyard.tapio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A short-lived program that is given a descriptor as its standard input, which {@link
 * ProcessBuilder} can't do. It has an empty environment, and both its outputs are one pipe.
 */
final class Child implements AutoCloseable {
    private static final int MOST_SAID = 4096;

    /** posix_spawn_file_actions_t has 80 bytes in glibc. */
    private static final int ACTIONS_SIZE = 256;

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
            return new Child(spawn(program, arguments, standardInput, pipe[1]), pipe[0]);
        } catch (ErrnoException e) {
            LibC.close(pipe[0]);
            throw e;
        } finally {
            LibC.close(pipe[1]);
        }
    }

    private static int spawn(Path program, List<String> arguments, int input, int output)
            throws ErrnoException {
        List<String> words = new ArrayList<>(List.of(program.toString()));
        words.addAll(arguments);
        try (Region actions = Region.allocate(ACTIONS_SIZE);
                Region argv = vector(words);
                Region pid = Region.allocate(Long.BYTES)) {
            check(LibC.posix_spawn_file_actions_init(actions.address()), program);
            try {
                int[][] streams = {{input, 0}, {output, 1}, {output, 2}};
                for (int[] stream : streams) {
                    check(
                            LibC.posix_spawn_file_actions_adddup2(
                                    actions.address(), stream[0], stream[1]),
                            program);
                }
                // The NULL behind argv's last pointer is an empty environment too.
                long environment = argv.address() + 8L * words.size();
                check(
                        LibC.posix_spawn(
                                pid.address(),
                                program.toString(),
                                actions.address(),
                                0,
                                argv.address(),
                                environment),
                        program);
            } finally {
                LibC.posix_spawn_file_actions_destroy(actions.address());
            }
            return pid.bytes().order(ByteOrder.nativeOrder()).getInt(0);
        }
    }

    private static void check(int errno, Path program) throws ErrnoException {
        if (errno != 0) {
            throw new ErrnoException("start " + program, errno);
        }
    }

    /** Pointers to C strings, NULL, and the strings. */
    private static Region vector(List<String> words) {
        List<byte[]> strings =
                words.stream().map(word -> (word + "\0").getBytes(StandardCharsets.UTF_8)).toList();
        int pointers = 8 * (words.size() + 1);
        Region region = Region.allocate(pointers + strings.stream().mapToInt(s -> s.length).sum());
        ByteBuffer bytes = region.bytes().order(ByteOrder.nativeOrder());
        int at = pointers;
        for (int i = 0; i < strings.size(); i++) {
            bytes.putLong(8 * i, region.address() + at);
            bytes.put(at, strings.get(i));
            at += strings.get(i).length;
        }
        return region;
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
        try (Region status = Region.allocate(Integer.BYTES)) {
            int got;
            do {
                got = LibC.waitpid(pid, status.address(), 0);
            } while (got < 0 && LibC.errno() == Errno.EINTR);
            ended = true;
            ErrnoException.check(got, "waitpid " + pid);
            int bits = status.bytes().order(ByteOrder.nativeOrder()).getInt(0);
            return (bits & 0x7f) == 0 ? bits >> 8 & 0xff : 128 + (bits & 0x7f);
        }
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
