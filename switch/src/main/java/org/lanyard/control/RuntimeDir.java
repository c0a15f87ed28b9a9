package org.lanyard.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * The directory in which a switch lives: {@code control.sock}, {@code lanyard.pid}, {@code
 * lanyard.log}, and the guests' sockets. The pid file is locked as long as the switch lives, so
 * that what a killed one left is told from what a live one holds.
 */
public record RuntimeDir(Path path) {
    /** Held by a live switch; closing it removes the pid file. */
    public static final class Hold implements AutoCloseable {
        private final Path file;
        private final FileChannel channel;
        private final FileLock lock;

        private Hold(Path file, FileChannel channel, FileLock lock) {
            this.file = file;
            this.channel = channel;
            this.lock = lock;
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
            lock.release();
            channel.close();
        }
    }

    /** Where a switch of that name lives unless the user says otherwise. */
    public static RuntimeDir ofName(String name, Map<String, String> environment) {
        int uid = uid();
        String userDir = environment.get("XDG_RUNTIME_DIR");
        Path base =
                uid == 0
                        ? Path.of("/run/lanyard")
                        : userDir != null && !userDir.isEmpty()
                                ? Path.of(userDir, "lanyard")
                                : Path.of("/tmp/lanyard-" + uid);
        return new RuntimeDir(base.resolve(name));
    }

    /** Read from /proc, for the CLI need not load a native library only to know this. */
    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("who am I? /proc/self can't be read", e);
        }
    }

    public Path controlSocket() {
        return path.resolve("control.sock");
    }

    public Path pidFile() {
        return path.resolve("lanyard.pid");
    }

    public Path log() {
        return path.resolve("lanyard.log");
    }

    /**
     * Makes the directory, for its owner alone.
     *
     * @throws IOException when it can't be made, or others could put things into it
     */
    public void create() throws IOException {
        Files.createDirectories(
                path.toAbsolutePath(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (owner != uid()) {
            throw new IOException(
                    "the runtime directory "
                            + path
                            + " belongs to uid "
                            + owner
                            + ", not to you: choose another with --runtime-dir");
        }
        if ((mode & 0022) != 0) {
            throw new IOException(
                    "others may write to the runtime directory "
                            + path
                            + ": chmod 0700 it, or choose another with --runtime-dir");
        }
    }

    /**
     * Claims the directory for this process.
     *
     * @throws IOException when a live switch has it; the message names its pid
     */
    public Hold claim() throws IOException {
        FileChannel channel =
                FileChannel.open(
                        pidFile(),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException(
                    "a switch is already running in "
                            + path
                            + " (pid "
                            + Files.readString(pidFile()).trim()
                            + "): stop it first, or give this one another --name");
        }
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(
                        (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
                0);
        return new Hold(pidFile(), channel, lock);
    }
}
