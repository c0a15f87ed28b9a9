package org.lanyard.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A class whose name ends in {@code Fuzz}, with a method {@code fuzzerTestOneInput(byte[])}.
 *
 * @param name the class's, without its package and that ending
 * @param corpus what was found worth trying, a file each
 */
public record Target(String name, String className, Path corpus) {
    private static final String ENDING = "Fuzz.java";

    /**
     * @param bench the module's directory
     */
    public static List<Target> all(Path bench) throws IOException {
        Path sources = bench.resolve("src/fuzz/java");
        Path corpora = bench.resolve("src/fuzz/corpus");
        try (Stream<Path> files = Files.walk(sources)) {
            return files.map(file -> sources.relativize(file).toString())
                    .filter(file -> file.endsWith(ENDING))
                    .sorted()
                    .map(file -> of(file, corpora))
                    .toList();
        }
    }

    private static Target of(String file, Path corpora) {
        String className = file.substring(0, file.lastIndexOf('.')).replace('/', '.');
        String name = file.substring(file.lastIndexOf('/') + 1, file.length() - ENDING.length());
        return new Target(name, className, corpora.resolve(name));
    }

    /** In the order of their names, which are what they hold. */
    public List<Path> tries() throws IOException {
        try (Stream<Path> files = Files.list(corpus)) {
            return files.sorted().toList();
        }
    }
}
