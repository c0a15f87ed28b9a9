package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts programs with descriptors of the caller's choice, by posix_spawn(3), and awaits them. */
final class Spawn {
    /** posix_spawn_file_actions_t has 80 bytes in glibc, posix_spawnattr_t 336. */
    private static final int ACTIONS_SIZE = 256;

    private static final int ATTRIBUTES_SIZE = 512;
    private static final int POSIX_SPAWN_SETSID = 0x80;

    private Spawn() {}

    /**
     * Starts one with an empty environment.
     *
     * @param descriptors pairs, in this order: one of the caller's, and its number in the child
     * @param ownSession whether it leads a session, and a process group, of its own
     * @return its pid; to be awaited by the caller
     * @throws ErrnoException when it can't be started
     */
    static int start(Path program, List<String> arguments, int[][] descriptors, boolean ownSession)
            throws ErrnoException {
        List<String> words = new ArrayList<>(List.of(program.toString()));
        words.addAll(arguments);
        try (Region actions = Region.allocate(ACTIONS_SIZE);
                Region attributes = Region.allocate(ATTRIBUTES_SIZE);
                Region argv = vector(words);
                Region pid = Region.allocate(Long.BYTES)) {
            check(LibC.posix_spawn_file_actions_init(actions.address()), program);
            check(LibC.posix_spawnattr_init(attributes.address()), program);
            try {
                for (int[] pair : descriptors) {
                    check(
                            LibC.posix_spawn_file_actions_adddup2(
                                    actions.address(), pair[0], pair[1]),
                            program);
                }
                int flags = ownSession ? POSIX_SPAWN_SETSID : 0;
                check(LibC.posix_spawnattr_setflags(attributes.address(), flags), program);
                // The NULL behind argv's last pointer is an empty environment too.
                long environment = argv.address() + 8L * words.size();
                check(
                        LibC.posix_spawn(
                                pid.address(),
                                program.toString(),
                                actions.address(),
                                attributes.address(),
                                argv.address(),
                                environment),
                        program);
            } finally {
                LibC.posix_spawnattr_destroy(attributes.address());
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

    /** Waits for its end; its exit status, or 128 and more when a signal ended it. */
    static int await(int pid) throws ErrnoException {
        try (Region status = Region.allocate(Integer.BYTES)) {
            int got;
            do {
                got = LibC.waitpid(pid, status.address(), 0);
            } while (got < 0 && LibC.errno() == Errno.EINTR);
            ErrnoException.check(got, "waitpid " + pid);
            int bits = status.bytes().order(ByteOrder.nativeOrder()).getInt(0);
            return (bits & 0x7f) == 0 ? bits >> 8 & 0xff : 128 + (bits & 0x7f);
        }
    }
}
