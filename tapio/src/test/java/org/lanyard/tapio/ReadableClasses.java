package org.lanyard.tapio;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * This test's class path where every user can read it, for a child that becomes another user: the
 * clone may lie in a directory that is its owner's alone, as {@code /root} is, and so may Maven's
 * repository.
 */
public final class ReadableClasses {
    private ReadableClasses() {}

    /**
     * @param directory of the test's own, which is opened for reading
     * @return the class path
     */
    public static String copiedTo(Path directory) throws IOException {
        open(directory);
        List<String> path = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path from = Path.of(element);
            if (Files.exists(from)) {
                Path to = directory.resolve("" + path.size());
                copy(from, to);
                path.add(to.toString());
            }
        }
        return String.join(File.pathSeparator, path);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = file.equals(from) ? to : to.resolve(from.relativize(file));
                Files.copy(file, copy);
                open(copy);
            }
        }
    }

    private static void open(Path path) throws IOException {
        String mode = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
