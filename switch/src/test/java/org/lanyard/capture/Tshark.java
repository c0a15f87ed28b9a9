package org.lanyard.capture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What others read in a capture file: Wireshark's own programs. */
public final class Tshark {
    private static final long PATIENCE_SECONDS = 60;

    private Tshark() {}

    /** The fields of each frame, {@code frame.len} for example. */
    public static List<List<String>> fields(Path file, String... fields) throws Exception {
        return fields(List.of(), file, fields);
    }

    /** The same, with checksums looked at: 0 is bad, 1 good. */
    public static List<List<String>> checked(Path file, String... fields) throws Exception {
        List<String> options = new ArrayList<>();
        for (String protocol : List.of("ip", "tcp", "udp")) {
            options.addAll(List.of("-o", protocol + ".check_checksum:TRUE"));
        }
        return fields(options, file, fields);
    }

    private static List<List<String>> fields(List<String> options, Path file, String... fields)
            throws Exception {
        List<String> command =
                new ArrayList<>(List.of("tshark", "-n", "-r", file.toString(), "-T", "fields"));
        command.addAll(options);
        command.addAll(List.of("-E", "separator=|"));
        for (String field : fields) {
            command.addAll(List.of("-e", field));
        }
        List<List<String>> lines = new ArrayList<>();
        for (String line : run(command).split("\n")) {
            if (!line.isEmpty()) {
                lines.add(Arrays.asList(line.split("\\|", -1)));
            }
        }
        return lines;
    }

    /** What capinfos has to say. */
    public static String capinfos(Path file) throws Exception {
        return run(List.of("capinfos", file.toString()));
    }

    private static String run(List<String> command) throws Exception {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(command + " failed; it wrote: " + out);
        }
        return out;
    }
}
