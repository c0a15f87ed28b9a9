package org.lanyard.tapio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Leaves a process, in a mount namespace of its own, nothing of all files but a few read-only
 * places: a directory in memory becomes its root, and what was mounted goes (pivot_root(2)). What
 * it has open stays open, so a JVM goes on that has loaded what it needs.
 */
final class EmptyRoot {
    /** Every Linux has this directory, and nothing that is to be kept is in it. */
    private static final String PLACE = "/dev";

    private static final long NOSUID = 2;
    private static final long NODEV = 4;
    private static final long NOEXEC = 8;
    private static final long READ_ONLY = 1;
    private static final long REMOUNT = 32;
    private static final long BIND = 4096;
    private static final long RECURSIVE = 16_384;
    private static final long PRIVATE = 1 << 18;
    private static final int DETACH = 2;

    private static final long MOUNT_SETATTR = 442;
    private static final long AT_FDCWD = -100;
    private static final long AT_RECURSIVE = 0x8000;

    private EmptyRoot() {}

    /**
     * Enters it. All threads are there then.
     *
     * @param kept what is to be seen where: names in the new root, and files or directories of now
     * @throws IOException when something is missing or the kernel refuses
     */
    static void enter(Map<String, Path> kept) throws IOException {
        Map<String, Integer> sources = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Path> place : kept.entrySet()) {
                sources.put(place.getKey(), open(place.getValue()));
            }
            mount("none", "/", null, RECURSIVE | PRIVATE, null);
            mount("tmpfs", PLACE, "tmpfs", NOSUID | NODEV | NOEXEC, "mode=755,size=64k");
            for (Map.Entry<String, Path> place : kept.entrySet()) {
                String target = PLACE + "/" + place.getKey();
                make(target, Files.isDirectory(place.getValue()));
                String source = "/proc/self/fd/" + sources.get(place.getKey());
                mount(source, target, null, BIND | RECURSIVE, null);
                protect(target);
            }
        } finally {
            sources.values().forEach(LibC::close);
        }
        ErrnoException.check(LibC.chdir(PLACE), "chdir " + PLACE);
        pivot();
        ErrnoException.check(LibC.umount2(".", DETACH), "umount of the old root");
        ErrnoException.check(LibC.chdir("/"), "chdir to the new root");
        mount("none", "/", null, REMOUNT | BIND | READ_ONLY | NOSUID | NODEV | NOEXEC, null);
    }

    private static int open(Path path) throws ErrnoException {
        return ErrnoException.check(
                LibC.open(path.toString(), LibC.O_PATH | LibC.O_CLOEXEC, 0), "open " + path);
    }

    private static void make(String target, boolean directory) throws IOException {
        if (directory) {
            Files.createDirectory(Path.of(target));
        } else {
            Files.createFile(Path.of(target));
        }
    }

    private static void mount(String source, String target, String type, long flags, String data)
            throws ErrnoException {
        ErrnoException.check(LibC.mount(source, target, type, flags, data), "mount " + target);
    }

    /** Best effort, of Linux 5.12: nothing can be written later anyway. */
    private static void protect(String target) {
        // struct mount_attr: to be set, to be cleared, propagation, user namespace
        try (Region attributes = Region.allocate(4 * Long.BYTES);
                Region path = Region.allocate(target.length() + 1)) {
            ByteBuffer bytes = attributes.bytes().order(ByteOrder.nativeOrder());
            bytes.putLong(0, READ_ONLY | NOSUID | NODEV | NOEXEC);
            path.bytes().put(0, target.getBytes(StandardCharsets.US_ASCII));
            LibC.syscall(
                    MOUNT_SETATTR,
                    AT_FDCWD,
                    path.address(),
                    AT_RECURSIVE,
                    attributes.address(),
                    attributes.size());
        }
    }

    private static void pivot() throws ErrnoException {
        long call = "amd64".equals(System.getProperty("os.arch")) ? 155 : 41;
        try (Region here = Region.allocate(2)) {
            here.bytes().put(0, (byte) '.');
            ErrnoException.check(
                    (int) LibC.syscall(call, here.address(), here.address(), 0), "pivot_root");
        }
    }
}
