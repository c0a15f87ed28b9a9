package org.lanyard.tapio;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Starts programs with descriptors of the caller's choice, by posix_spawn(3), and awaits them. */
final class Spawn {
    /** posix_spawn_file_actions_t has 80 bytes in glibc, posix_spawnattr_t 336. */
    private static final int ACTIONS_SIZE = 256;

    private static final int ATTRIBUTES_SIZE = 512;
    private static final int POSIX_SPAWN_SETSID = 0x80;

    private static final Path OPEN = Path.of("/proc/self/fd");

    /** Of glibc 2.34; others have no such thing. */
    private static final Optional<Function> ADD_CLOSE_FROM =
            function("posix_spawn_file_actions_addclosefrom_np");

    private Spawn() {}

    /**
     * Starts one with an empty environment, and no descriptor but those.
     *
     * @param descriptors pairs, in this order: one of the caller's, and its number in the child,
     *     which count from 0
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
                keepOthers(actions, descriptors.length, program);
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

    private static Optional<Function> function(String name) {
        try {
            return Optional.of(NativeLibrary.getInstance("c").getFunction(name));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }

    /** Not all that this process has open closes on exec: its jars don't. */
    private static void keepOthers(Region actions, int from, Path program) throws ErrnoException {
        if (ADD_CLOSE_FROM.isPresent()) {
            Object[] arguments = {actions.address(), from};
            check(ADD_CLOSE_FROM.get().invokeInt(arguments), program);
        } else {
            closeOnExec(from);
        }
    }

    /**
     * Lets all of this process's descriptors close on exec, but the first few; not those that it is
     * opening just now.
     */
    static void closeOnExec(int from) throws ErrnoException {
        List<Integer> open;
        try (Stream<Path> files = Files.list(OPEN)) {
            open = files.map(file -> Integer.parseInt(file.getFileName().toString())).toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ErrnoException("list " + OPEN, Errno.EMFILE);
        }
        for (int fd : open) {
            if (fd >= from) {
                LibC.fcntl(fd, LibC.F_SETFD, LibC.FD_CLOEXEC); // or it is closed since
            }
        }
    }

    private static void check(int errno, Path program) throws ErrnoException {
        if (errno != 0) {
            throw new ErrnoException("start " + program, errno);
        }
    }

    /** Pointers to C strings, NULL, and the strings. */
    static Region vector(List<String> words) {
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
