package org.lanyard.tapio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The device of a macvtap. Usually that is {@code /dev/tap} and its index; but /dev is one for all
 * network namespaces, which may have interfaces of the same index, and a container's /dev has none.
 * Then a node of our own does, for as long as it takes to open it.
 */
final class MacvtapNode {
    /** mknodat(2). */
    private static final int MKNODAT = "amd64".equals(System.getProperty("os.arch")) ? 259 : 33;

    /** S_IFCHR, and reading and writing for its owner. */
    private static final int CHARACTER_DEVICE = 0x2000 | 0600;

    /** How the names of our own nodes begin. */
    private static final String OWN = ".lanyard-tap";

    private static final Duration MOMENT = Duration.ofMinutes(1);

    private final Link link;
    private final Path sysfs;
    private final Path dev;
    private final List<Path> places;

    /**
     * @param sysfs usually /sys, which shows the network namespace that mounted it
     * @param dev usually /dev
     * @param own a directory where a node may be made when {@code dev} has none
     */
    MacvtapNode(Link link, Path sysfs, Path dev, Path own) {
        this.link = link;
        this.sysfs = sysfs;
        this.dev = dev;
        this.places = List.of(dev, own);
    }

    /**
     * Opens it without blocking.
     *
     * @throws AccessDeniedException when it is not this user's, who may be given it yet
     * @throws IOException naming what refused and the mend
     */
    int open() throws IOException {
        int[] device = device();
        Path node = dev.resolve("tap" + link.index());
        if (isNodeOf(node, device)) {
            int fd = open(node);
            int errno = LibC.errno();
            if (fd < 0 && errno == Errno.EACCES) {
                throw new AccessDeniedException(null, null, refusal(node, errno));
            }
            if (fd < 0) {
                throw new IOException(refusal(node, errno));
            }
            return checked(fd, device);
        }
        for (Path place : places) {
            removeLeft(place);
            // /dev is often one for several, who may have the same index and process number.
            String unlike = Long.toHexString(ThreadLocalRandom.current().nextLong());
            int fd = openOwn(place.resolve(OWN + link.index() + "-" + unlike), device);
            if (fd >= 0) {
                return checked(fd, device);
            }
        }
        throw new IOException(
                node
                        + (Files.exists(node) ? " is another interface's" : " does not exist")
                        + ", and making such a device needs CAP_MKNOD where devices may be; as root:"
                        + " mknod -m 600 "
                        + node
                        + " c "
                        + device[0]
                        + " "
                        + device[1]
                        + "; chown $USER "
                        + node);
    }

    private static String refusal(Path node, int errno) {
        String mend =
                switch (errno) {
                    case Errno.EPERM ->
                            "the sandbox that this runs in forbids it; in a unit of systemd's:"
                                    + " DeviceAllow=char-macvtap rw";
                    case Errno.EACCES -> "let your user open it, as root: chown $USER " + node;
                    default -> "see: ls -l " + node;
                };
        return "open " + node + ": " + Errno.text(errno) + "; " + mend;
    }

    /** Major and minor number, of which only sysfs tells. */
    private int[] device() throws IOException {
        Path shown = sysfs.resolve("class/net").resolve(link.name());
        String mac = String.format("%012x", link.mac());
        try {
            boolean same =
                    read(shown.resolve("ifindex")).equals("" + link.index())
                            && read(shown.resolve("address")).replace(":", "").equals(mac);
            if (same) {
                String[] numbers = read(shown.resolve("tap" + link.index() + "/dev")).split(":");
                return new int[] {Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])};
            }
        } catch (IOException e) {
            // As if it were another's.
        }
        throw new IOException(
                sysfs
                        + " does not show the device of "
                        + link.name()
                        + ": it is of another network namespace; start the switch where sysfs is"
                        + " mounted anew, as ip netns exec does");
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    /** As gnu_dev_makedev puts them together, for numbers as small as these are. */
    private static long number(int[] device) {
        return (long) device[0] << 8 | device[1] & 0xff | (device[1] & ~0xffL) << 12;
    }

    private static boolean isNodeOf(Path node, int[] device) {
        try {
            return ((Number) Files.getAttribute(node, "unix:rdev")).longValue() == number(device);
        } catch (IOException e) {
            return false;
        }
    }

    private static int open(Path node) {
        return LibC.open(node.toString(), LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0);
    }

    /** Whoever names devices may have given the name to another in between. */
    private int checked(int fd, int[] device) throws IOException {
        if (isNodeOf(Path.of("/proc/self/fd/" + fd), device)) {
            return fd;
        }
        LibC.close(fd);
        throw new IOException("the device of " + link.name() + " was replaced as it was opened");
    }

    /** By those who were killed while they had a node, which is for less than a moment. */
    private static void removeLeft(Path place) {
        Instant before = Instant.now().minus(MOMENT);
        try (DirectoryStream<Path> nodes = Files.newDirectoryStream(place, OWN + "*")) {
            for (Path node : nodes) {
                if (Files.getLastModifiedTime(node).toInstant().isBefore(before)) {
                    Files.deleteIfExists(node);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Then they stay.
        }
    }

    /** Returns -1 where that may not be. */
    private static int openOwn(Path node, int[] device) throws IOException {
        byte[] path = (node.toAbsolutePath() + "\0").getBytes(StandardCharsets.UTF_8);
        long number = number(device);
        try (Region region = Region.allocate(path.length)) {
            region.bytes().put(0, path);
            if (LibC.syscall(MKNODAT, -1, region.address(), CHARACTER_DEVICE, number) < 0) {
                return -1;
            }
        }
        try {
            return open(node);
        } finally {
            Files.deleteIfExists(node);
        }
    }
}
