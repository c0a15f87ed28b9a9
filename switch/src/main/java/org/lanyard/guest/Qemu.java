package org.lanyard.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A QEMU system emulator on this host. Immutable.
 *
 * @param path the program
 * @param version what it says it is
 */
public record Qemu(Path path, Version version) {
    private static final String PREFIX = "qemu-system-";
    private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.(\\d+)(?:\\.(\\d+))?");
    private static final long PATIENCE_SECONDS = 10;

    /** QEMU's version, ordered. */
    public record Version(int major, int minor, int micro) implements Comparable<Version> {
        /**
         * @param said the output of {@code --version}
         * @throws IllegalArgumentException when it names none
         */
        public static Version parse(String said) {
            Matcher matcher = VERSION.matcher(said);
            if (!matcher.find()) {
                throw new IllegalArgumentException("no QEMU version in '" + said.strip() + "'");
            }
            String micro = matcher.group(3);
            return new Version(
                    Integer.parseInt(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    micro == null ? 0 : Integer.parseInt(micro));
        }

        public boolean isAtLeast(int otherMajor, int otherMinor) {
            return major > otherMajor || major == otherMajor && minor >= otherMinor;
        }

        @Override
        public int compareTo(Version other) {
            int byMajor = Integer.compare(major, other.major);
            int byMinor = byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
            return byMinor != 0 ? byMinor : Integer.compare(micro, other.micro);
        }

        @Override
        public String toString() {
            return major + "." + minor + "." + micro;
        }
    }

    /**
     * The emulator of this host's own processor, as the Linux guests have it.
     *
     * @throws GuestException where it is not on PATH
     */
    public static Qemu forHost() {
        return find(Architecture.host().qemu);
    }

    /**
     * @param architecture QEMU's name of it, such as {@code x86_64}
     * @throws GuestException where {@code qemu-system-<architecture>} is not on PATH
     */
    public static Qemu find(String architecture) {
        String name = PREFIX + architecture;
        return programs().stream()
                .filter(program -> program.endsWith(name))
                .findFirst()
                .map(Qemu::at)
                .orElseThrow(() -> new GuestException("no " + name + " on PATH; install QEMU"));
    }

    /** One that tells its version: this host's own architecture's rather than another. */
    public static Optional<Qemu> any() {
        for (Path program : programs()) {
            try {
                return Optional.of(at(program));
            } catch (GuestException e) {
                // It is broken, or something else of that name: perhaps the next one is none.
            }
        }
        return Optional.empty();
    }

    /** Every system emulator on PATH, and where distributions hide it; the host's own first. */
    public static List<Path> programs() {
        String own = PREFIX + Architecture.host().qemu;
        List<Path> found = new ArrayList<>();
        for (String dir : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path path = Path.of(dir);
            if (!dir.isEmpty() && Files.isDirectory(path)) {
                try (DirectoryStream<Path> programs =
                        Files.newDirectoryStream(path, "qemu-{system-*,kvm}")) {
                    programs.forEach(found::add);
                } catch (IOException e) {
                    // Who may not list it may not start what is in it by name either.
                }
            }
        }
        found.add(Path.of("/usr/libexec/qemu-kvm")); // Red Hat's
        found.removeIf(program -> !Files.isExecutable(program) || Files.isDirectory(program));
        found.sort(
                Comparator.comparing((Path program) -> !program.endsWith(own))
                        .thenComparing(Path::getFileName));
        return found;
    }

    /**
     * @throws GuestException when the program does not tell a version
     */
    public static Qemu at(Path path) {
        try {
            Process process =
                    new ProcessBuilder(path.toString(), "--version")
                            .redirectErrorStream(true)
                            .start();
            try {
                process.getOutputStream().close();
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new GuestException(path + " --version does not end");
                }
                byte[] said = process.getInputStream().readNBytes(4096);
                return new Qemu(path, Version.parse(new String(said, StandardCharsets.UTF_8)));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new GuestException(path + " tells no version: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException("interrupted while " + path + " told its version", e);
        }
    }
}
