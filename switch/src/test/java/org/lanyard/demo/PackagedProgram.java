package org.lanyard.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The program as it was packaged, to be run as a process of its own. */
final class PackagedProgram {
    private PackagedProgram() {}

    static List<String> command() {
        Path jar = Path.of("target", "dist", "lib", "lanyard.jar").toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is not there: run mvn package first");
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(
                java,
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-jar",
                jar.toString());
    }
}
