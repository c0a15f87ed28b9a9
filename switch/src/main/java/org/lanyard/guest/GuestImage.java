package org.lanyard.guest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The kernel and initial RAM disk of a Linux guest, as the script {@code guest-image} leaves them
 * in one directory. Immutable.
 *
 * @param kernel what QEMU's {@code -kernel} takes
 * @param initrd what QEMU's {@code -initrd} takes
 */
public record GuestImage(Path kernel, Path initrd) {
    private static final String MEND = "; make it with switch/src/main/scripts/guest-image";

    /**
     * The image in {@code $LANYARD_GUEST_IMAGE}, else in the user's cache directory.
     *
     * @throws GuestException naming the command that makes it, where there is none
     */
    public static GuestImage find() {
        return in(directory(System.getenv(), Architecture.host()));
    }

    /**
     * @throws GuestException where the directory does not hold an image
     */
    public static GuestImage in(Path directory) {
        GuestImage image =
                new GuestImage(directory.resolve("vmlinuz"), directory.resolve("initrd.gz"));
        if (!Files.isReadable(image.kernel) || !Files.isReadable(image.initrd)) {
            throw new GuestException("no guest image in " + directory + MEND);
        }
        return image;
    }

    static Path directory(Map<String, String> environment, Architecture architecture) {
        String given = environment.getOrDefault("LANYARD_GUEST_IMAGE", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base =
                cache.isEmpty()
                        ? Path.of(environment.getOrDefault("HOME", "/")).resolve(".cache")
                        : Path.of(cache);
        return base.resolve("lanyard").resolve("guest-" + architecture.debian);
    }
}
