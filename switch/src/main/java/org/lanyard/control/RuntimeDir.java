package org.lanyard.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * The directory in which a switch lives: {@code control.sock}, {@code lanyard.pid}, {@code
 * lanyard.log}, and the guests' sockets. The pid file is locked as long as the switch lives, so
 * that what a killed one left is told from what a live one holds.
 */
public record RuntimeDir(Path path) {
    private static final Path SYSTEM = Path.of("/run/lanyard");
    private static final int STICKY = 01000;
    private static final int GROUP_OR_OTHERS_WRITE = 0022;
    private static final int OTHERS_WRITE = 0002;
    private static final String ANOTHER = ": choose another with --runtime-dir";

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
                        ? SYSTEM
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
        try {
            if (path.startsWith(SYSTEM)) { // services of other users have theirs there too
                Files.createDirectories(SYSTEM, mode("rwxr-xr-x"));
            }
            Files.createDirectories(path.toAbsolutePath(), mode("rwx------"));
        } catch (FileAlreadyExistsException e) {
            throw new IOException(e.getFile() + " exists and is no directory" + ANOTHER, e);
        } catch (AccessDeniedException e) {
            throw new IOException("you may not make the directory " + e.getFile() + ANOTHER, e);
        }
        if (Files.isSymbolicLink(path)) {
            throw new IOException(
                    "the runtime directory "
                            + path
                            + " is a symbolic link: name the directory itself with --runtime-dir");
        }
        int owner = attribute(path, "unix:uid");
        if (owner != uid()) {
            throw new IOException(
                    "the runtime directory "
                            + path
                            + " belongs to uid "
                            + owner
                            + ", not to you"
                            + ANOTHER);
        }
        if ((attribute(path, "unix:mode") & GROUP_OR_OTHERS_WRITE) != 0) {
            throw new IOException(
                    "others may write to the runtime directory "
                            + path
                            + ": chmod 0700 it, or choose another with --runtime-dir");
        }
        refuseForeignParent(path.toAbsolutePath().getParent());
    }

    private static FileAttribute<Set<PosixFilePermission>> mode(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

    /** Who may rename our directory may put another in its place. */
    private void refuseForeignParent(Path parent) throws IOException {
        if (parent == null) {
            return;
        }
        int mode = attribute(parent, "unix:mode");
        int owner = attribute(parent, "unix:uid");
        boolean foreign = owner != 0 && owner != uid();
        if ((mode & STICKY) == 0 && (foreign || (mode & OTHERS_WRITE) != 0)) {
            throw new IOException(
                    "the runtime directory "
                            + path
                            + " could be replaced by others: "
                            + parent
                            + (foreign ? " belongs to uid " + owner : " is writable for all")
                            + ANOTHER);
        }
    }

    private static int attribute(Path path, String name) throws IOException {
        return (Integer) Files.getAttribute(path, name);
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
        FileLock lock = lock(channel);
        if (lock == null) {
            channel.close();
            String pid = Files.readString(pidFile()).trim();
            throw new IOException(
                    "a switch is already running in "
                            + path
                            + (pid.isEmpty() ? "" : " (pid " + pid + ")")
                            + ": stop it first, or give this one another --name");
        }
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(
                        (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
                0);
        return new Hold(pidFile(), channel, lock);
    }

    /** Null when somebody else has it, which may be a switch in this very process. */
    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }
}
