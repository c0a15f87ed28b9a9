package org.lanyard.house;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A small Debian of its own, as it was after its installation; what happens in it is forgotten. */
final class CleanRoot implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;
    private static final Path SCRIPTS = Path.of("src", "test", "scripts").toAbsolutePath();

    private final Path where;
    private final Process holder;
    private final long pid;

    private CleanRoot(Path where, Process holder, long pid) {
        this.where = where;
        this.holder = holder;
        this.pid = pid;
    }

    record Ended(int status, String text) {}

    /**
     * Makes the Debian if none is cached, which takes minutes and the network. Needs root.
     *
     * @param where a directory to mount at
     */
    static CleanRoot at(Path where) throws Exception {
        Ended made = end(new ProcessBuilder(SCRIPTS.resolve("debian-root").toString()), 1200);
        if (made.status() != 0) {
            throw new IOException("no Debian to install the package in: " + made.text());
        }
        List<String> lines = made.text().lines().toList();
        Process holder =
                new ProcessBuilder(
                                "unshare",
                                "--mount",
                                "--pid",
                                "--net",
                                "--fork",
                                "--kill-child",
                                "--propagation",
                                "private",
                                SCRIPTS.resolve("hold-root").toString(),
                                lines.get(lines.size() - 1),
                                where.toString())
                        .redirectErrorStream(true)
                        .start();
        BufferedReader said =
                new BufferedReader(
                        new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
        String first = said.readLine();
        if (!"held".equals(first)) {
            holder.destroyForcibly();
            throw new IOException("no root to write to: " + first);
        }
        return new CleanRoot(where, holder, holder.children().findFirst().orElseThrow().pid());
    }

    /** A path of the root's, as a process outside of it names it. */
    Path outside(String path) {
        return Path.of("/proc/" + pid + "/root" + where + "/root" + path);
    }

    /** A command of root's in it, and its end. */
    Ended run(String... command) throws Exception {
        return as("root", command);
    }

    Ended as(String user, String... command) throws Exception {
        String home = user.equals("root") ? "/root" : "/home/" + user;
        List<String> words = new ArrayList<>(List.of("nsenter", "-t", Long.toString(pid)));
        words.addAll(List.of("-m", "-p", "-n", "chroot", where + "/root"));
        words.addAll(List.of("setpriv", "--reuid", user, "--regid", user, "--init-groups"));
        words.addAll(List.of("env", "-i", "HOME=" + home, "LANG=C.UTF-8"));
        words.addAll(
                List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive"));
        words.addAll(List.of(command));
        return end(new ProcessBuilder(words), PATIENCE_SECONDS);
    }

    /** What it writes when it succeeds, as it has to. */
    String succeed(String user, String... command) throws Exception {
        Ended ended = as(user, command);
        if (ended.status() != 0) {
            throw new AssertionError(String.join(" ", command) + ": " + ended);
        }
        return ended.text();
    }

    private static Ended end(ProcessBuilder builder, long seconds) throws Exception {
        Path output = Files.createTempFile("clean-root", ".out");
        try {
            Process process =
                    builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
            process.getOutputStream().close();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no end within " + seconds + " s: " + builder.command());
            }
            return new Ended(process.exitValue(), Files.readString(output));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    /** Ends all that runs in it, and takes the mounts away with their namespace. */
    @Override
    public void close() {
        holder.destroyForcibly().onExit().join();
    }
}
