package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the figures were measured on, in one line. */
final class Machine {
    private Machine() {}

    static String describe() throws InterruptedException {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %d MiB, Linux %s",
                field("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                memoryMib(),
                Commands.firstLine("uname", "-r", "-m"));
    }

    private static long memoryMib() {
        String kib = field("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kib.isEmpty() ? 0 : Long.parseLong(kib) / 1024;
    }

    private static String field(String file, String name) {
        try {
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
