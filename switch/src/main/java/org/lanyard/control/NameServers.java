package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.lanyard.gateway.FileTree;

/**
 * The host's name servers for a process that does not see the host's files: a directory with a copy
 * of /etc/resolv.conf. Programs put another file in that one's place, so nothing less follows. One
 * thread at a time.
 */
final class NameServers {
    static final Path FILE = Path.of("/etc/resolv.conf");
    private static final int MOST_BYTES = 64 << 10;

    private final Path directory;
    private final Object first;
    private Object seen;

    /**
     * @param directory in one that is the switch's alone
     */
    NameServers(Path directory) {
        this.directory = directory;
        this.first = key();
    }

    /** Whether another file is in the place of the one that was there when this was made. */
    boolean isAnother() {
        return !key().equals(first);
    }

    private static Object key() {
        try {
            return Files.readAttributes(FILE, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return "none";
        }
    }

    Path directory() {
        return directory;
    }

    /** Makes the directory; a host without name servers has an empty one. */
    void create() throws IOException {
        FileTree.remove(directory);
        Files.createDirectory(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        seen = look();
        copy();
    }

    /**
     * Copies them again if they may have changed.
     *
     * @return whether they may
     */
    boolean follow() throws IOException {
        Object now = look();
        if (now.equals(seen)) {
            return false;
        }
        seen = now;
        copy();
        return true;
    }

    /** Which file it is, and as of when. */
    private static Object look() throws IOException {
        try {
            BasicFileAttributes now = Files.readAttributes(FILE, BasicFileAttributes.class);
            return now.fileKey() + " " + now.lastModifiedTime() + " " + now.size();
        } catch (NoSuchFileException e) {
            return "none";
        }
    }

    private void copy() throws IOException {
        byte[] bytes = {};
        try (var in = Files.newInputStream(FILE)) {
            bytes = in.readNBytes(MOST_BYTES);
        } catch (NoSuchFileException e) {
            // Guests have no name server then.
        }
        Path next = Files.write(directory.resolve("next"), bytes);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(next, directory.resolve(FILE.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }

    void remove() throws IOException {
        FileTree.remove(directory);
    }
}
