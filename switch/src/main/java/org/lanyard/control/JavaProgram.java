package org.lanyard.control;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How to run another class of this program, by the same JVM. Any thread. */
public final class JavaProgram {
    /** No JVM from 17 to 25 prints a warning with these. */
    private static final List<String> QUIET =
            List.of(
                    "-XX:+IgnoreUnrecognizedVMOptions",
                    "--sun-misc-unsafe-memory-access=allow",
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:+UseSerialGC",
                    "-XX:-UsePerfData");

    private JavaProgram() {}

    /**
     * A command line, to which the program's own words are added.
     *
     * @param options of the JVM
     */
    public static List<String> command(Class<?> main, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(QUIET);
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", absolute(System.getProperty("java.class.path")), main.getName()));
        return command;
    }

    private static String absolute(String classPath) {
        return Stream.of(classPath.split(File.pathSeparator))
                .map(element -> Path.of(element).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
