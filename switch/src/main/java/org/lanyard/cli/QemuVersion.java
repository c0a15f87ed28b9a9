package org.lanyard.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which arguments a QEMU takes for a stream connection: {@code -netdev stream} since 7.2, its
 * {@code reconnect} (seconds) from 8.0 to 10.1, {@code reconnect-ms} since 9.2 (qapi/net.json of
 * those versions); before 7.2 only {@code -netdev socket}, which speaks the same framing over TCP.
 */
record QemuVersion(int major, int minor) {
    /** What is assumed when no QEMU is found: the oldest with {@code -netdev stream}. */
    static final QemuVersion OLDEST_WITH_STREAM = new QemuVersion(7, 2);

    private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.(\\d+)");

    /** What no shell changes. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.,:=/@%+-]+");

    private static final String[] NAMES = {
        "qemu-system-x86_64", "qemu-system-aarch64", "qemu-kvm", "qemu-system-riscv64"
    };

    /**
     * @param given a path or name, or null for the first that is found
     * @throws CommandFailure when the given one does not tell its version
     */
    static QemuVersion of(String given) {
        if (given != null) {
            QemuVersion version = ask(given);
            if (version == null) {
                throw new CommandFailure(ExitCode.FAILED, given + " does not tell a QEMU version");
            }
            return version;
        }
        for (String name : NAMES) {
            if (isOnPath(name)) {
                QemuVersion version = ask(name);
                if (version != null) {
                    return version;
                }
            }
        }
        return OLDEST_WITH_STREAM;
    }

    private static boolean isOnPath(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String dir : path.split(":")) {
            if (!dir.isEmpty() && Files.isExecutable(Path.of(dir, name))) {
                return true;
            }
        }
        return false;
    }

    private static QemuVersion ask(String qemu) {
        try {
            Process process =
                    new ProcessBuilder(qemu, "--version").redirectErrorStream(true).start();
            process.getOutputStream().close();
            byte[] said = process.getInputStream().readNBytes(4096);
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return null;
            }
            return parse(new String(said, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Null where the text names none. */
    static QemuVersion parse(String text) {
        Matcher matcher = VERSION.matcher(text);
        return matcher.find()
                ? new QemuVersion(
                        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
                : null;
    }

    private boolean isAtLeast(int otherMajor, int otherMinor) {
        return major > otherMajor || major == otherMajor && minor >= otherMinor;
    }

    /**
     * The option and its value, quoted where a shell needs it.
     *
     * @param endpoint {@code unix:PATH} or {@code tcp:HOST:PORT}
     * @throws CommandFailure when this QEMU can't connect to it
     */
    String netdev(String id, String endpoint) {
        String value =
                isAtLeast(7, 2)
                        ? "stream,id=" + id + ",server=off," + address(endpoint) + reconnect()
                        : "socket,id=" + id + ",connect=" + ipv4Only(endpoint);
        boolean plain = PLAIN.matcher(value).matches();
        return "-netdev " + (plain ? value : "'" + value.replace("'", "'\\''") + "'");
    }

    private String ipv4Only(String endpoint) {
        if (endpoint.startsWith("unix:") || endpoint.contains("[")) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "QEMU "
                            + major
                            + "."
                            + minor
                            + " has no -netdev stream (7.2 has); let the port listen at"
                            + " tcp:127.0.0.1:PORT for it");
        }
        return endpoint.substring("tcp:".length());
    }

    private static String address(String endpoint) {
        if (endpoint.startsWith("unix:")) {
            String path = endpoint.substring("unix:".length()).replace(",", ",,");
            return "addr.type=unix,addr.path=" + path;
        }
        String rest = endpoint.substring("tcp:".length());
        int colon = rest.lastIndexOf(':');
        String host = rest.substring(0, colon).replaceAll("[\\[\\]]", "");
        return "addr.type=inet,addr.host=" + host + ",addr.port=" + rest.substring(colon + 1);
    }

    private String reconnect() {
        if (isAtLeast(9, 2)) {
            return ",reconnect-ms=1000";
        }
        return isAtLeast(8, 0) ? ",reconnect=1" : "";
    }
}
