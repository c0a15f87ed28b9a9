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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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
    private static final int OTHERS_PASS = 0001;
    private static final int GROUP_PASS = 0010;
    private static final int OWNER = 0700;
    private static final int MODE = 07777;
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

    /** Names who starts the switch again when it has crashed. */
    public Path supervisor() {
        return path.resolve("lanyard.supervisor");
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
            // What is above it may be passed, so that a group can reach it if it is let in.
            makeDirectories(path.toAbsolutePath().getParent(), "rwx--x--x");
            makeDirectories(path.toAbsolutePath(), "rwx------");
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

    private static void makeDirectories(Path directory, String mode) throws IOException {
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
    }

    /**
     * Lets the control socket be reached by its owner and by these groups, and the directory be
     * passed by those who reach guests' sockets in it too, which have their own modes. One group
     * gets the directory; for two the way is open to all. One group gets the control socket; for
     * two it is open to all, and the peer's credentials decide.
     *
     * @throws IOException when the owner may not give them to that group
     */
    void letIn(List<Integer> gids, SocketAccess guests) throws IOException {
        Set<Integer> all = new TreeSet<>(guests.groups());
        all.addAll(gids);
        boolean everybody = guests.everybody() || all.size() > 1;
        int before = attribute(path, "unix:mode") & MODE;
        int pass = everybody ? GROUP_PASS | OTHERS_PASS : all.isEmpty() ? 0 : GROUP_PASS;
        boolean wasOpened = (before & ~OTHERS_PASS) == (OWNER | GROUP_PASS);
        int mode = (wasOpened ? OWNER : before) | pass;
        int socketMode = gids.isEmpty() ? 0600 : gids.size() == 1 ? 0660 : 0666;
        if (gids.size() == 1) {
            give(controlSocket(), gids.get(0), "[control]");
        }
        if (!everybody && !all.isEmpty()) {
            give(path, all.iterator().next(), gids.isEmpty() ? "a port" : "[control]");
        }
        Files.setAttribute(controlSocket(), "unix:mode", socketMode);
        Files.setAttribute(path, "unix:mode", mode);
    }

    private void give(Path what, int gid, String who) throws IOException {
        try {
            Files.setAttribute(what, "unix:gid", gid);
        } catch (IOException e) {
            throw new IOException(
                    String.format(
                            "you may not give %s to group %d, which %s names: join that group, or"
                                    + " let root run the switch",
                            path, gid, who),
                    e);
        }
    }

    /** The directories above ours that not everybody may pass; groups may be stuck there. */
    List<Path> closedParents() throws IOException {
        List<Path> closed = new ArrayList<>();
        for (Path p = path.toAbsolutePath().getParent(); p != null; p = p.getParent()) {
            if ((attribute(p, "unix:mode") & OTHERS_PASS) == 0) {
                closed.add(p);
            }
        }
        return closed;
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
                FileChannel.open( // nobody else's: who may read it may lock it
                        pidFile(),
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
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
