package org.lanyard.gateway;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.lanyard.tapio.LibC;

/**
 * Removes a directory in which another user may be at work, who would have root remove something
 * else. It goes from directory to directory by descriptors (openat(2), unlinkat(2)), follows no
 * link, and takes each directory over before it looks into it, so that what is in there stays what
 * it is.
 */
public final class FileTree {
    /** Each level takes two descriptors. */
    private static final int DEEPEST = 10;

    private static final int MOST_FILES = 100_000;
    private static final int TRIES = 10;

    private final UserPrincipal self;
    private int files;

    private FileTree(UserPrincipal self) {
        this.self = self;
    }

    /**
     * Removes it and what is in it, some of it perhaps put there just now; or nothing, where there
     * is none.
     *
     * @param directory in one that nobody else may change
     * @throws IOException when it can't be, or is no tree of at most 10 levels and 100,000 files
     */
    public static void remove(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        UserPrincipal self = // a name that is a number is a number
                directory
                        .getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(Integer.toUnsignedString(LibC.geteuid()));
        try (DirectoryStream<Path> parent = Files.newDirectoryStream(directory.getParent())) {
            new FileTree(self).remove(secure(parent), directory.getFileName(), 0);
        } catch (DirectoryIteratorException | IOException e) {
            throw new IOException(
                    "remove " + directory + ": " + e.getMessage() + "; rm -r " + directory, e);
        }
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream)
            throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IOException("this Java can't do it securely");
    }

    private void remove(SecureDirectoryStream<Path> in, Path name, int depth) throws IOException {
        if (++files > MOST_FILES) {
            throw new IOException("more than " + MOST_FILES + " files");
        }
        try {
            if (isDirectory(in, name)) {
                removeDirectory(in, name, depth);
            } else {
                in.deleteFile(name);
            }
        } catch (NoSuchFileException e) {
            // Somebody else removed it.
        }
    }

    private static boolean isDirectory(SecureDirectoryStream<Path> in, Path name)
            throws IOException {
        return in.getFileAttributeView(
                        name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    private void removeDirectory(SecureDirectoryStream<Path> in, Path name, int depth)
            throws IOException {
        if (depth == DEEPEST) {
            throw new IOException("more than " + DEEPEST + " levels");
        }
        for (int left = TRIES; ; left--) {
            try (SecureDirectoryStream<Path> inside =
                    in.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                takeOver(inside);
                for (Path file : inside) {
                    remove(inside, file.getFileName(), depth + 1);
                }
            }
            try {
                in.deleteDirectory(name);
                return;
            } catch (DirectoryNotEmptyException e) {
                if (left == 0) {
                    throw new IOException(name + " does not stay empty", e);
                }
            }
        }
    }

    /** First the owner: until then he could undo the rest. */
    private void takeOver(SecureDirectoryStream<Path> directory) throws IOException {
        PosixFileAttributeView view = directory.getFileAttributeView(PosixFileAttributeView.class);
        if (!view.readAttributes().owner().equals(self)) {
            view.setOwner(self);
        }
        view.setPermissions(PosixFilePermissions.fromString("rwx------"));
    }
}
