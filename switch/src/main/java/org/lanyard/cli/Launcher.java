package org.lanyard.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How to run this program again. */
final class Launcher {
    private Launcher() {}

    /**
     * The launcher script where one started us, for it knows the JVM's options; else java itself.
     */
    static List<String> command() {
        String script = System.getenv("LANYARD_LAUNCHER");
        if (script != null && !script.isEmpty()) {
            return List.of(script);
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(
                java,
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx128m",
                "-cp",
                absolute(System.getProperty("java.class.path")),
                Lanyard.class.getName());
    }

    private static String absolute(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .map(element -> Path.of(element).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
