package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** This repository's switch, started as a user starts it. */
final class LanyardSwitch implements Candidate, TapSwitch.Kind {
    static final String NAME = "Lanyard";

    private final String name;
    private final List<String> program;
    private final String configuration;

    /**
     * @param root of the clone
     * @param configuration TOML, or empty for none
     */
    LanyardSwitch(Path root, String configuration) {
        this(NAME, root, configuration);
    }

    /**
     * @param name beside others of the same switch
     * @param root of the clone
     * @param configuration TOML, or empty for none
     */
    LanyardSwitch(String name, Path root, String configuration) {
        this.name = name;
        Path launcher = root.resolve("lanyard");
        this.program =
                Files.isExecutable(launcher)
                        ? List.of(launcher.toString())
                        : List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-jar",
                                root.resolve("switch/target/dist/lib/lanyard.jar").toString());
        this.configuration = configuration;
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(words));
        return command;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        try {
            return Commands.firstLine(command("--version").toArray(String[]::new))
                    + ", JVM "
                    + System.getProperty("java.version");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "?";
        }
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Running start(Path directory) throws IOException, InterruptedException {
        return start(directory, List.of());
    }

    @Override
    public Running start(Path directory, Namespace middle)
            throws IOException, InterruptedException {
        return start(directory, middle.inside(List.of()));
    }

    private Running start(Path directory, List<String> prefix)
            throws IOException, InterruptedException {
        List<String> start = new ArrayList<>(prefix);
        start.addAll(command("start", "--runtime-dir", directory.toString()));
        if (!configuration.isEmpty()) {
            Path file = Files.writeString(directory.resolve("bench.toml"), configuration);
            start.addAll(List.of("--config", file.toString()));
        }
        Commands.output(60, start);
        String pid = Files.readString(directory.resolve("lanyard.pid")).strip();
        return new Started(directory, Long.parseLong(pid));
    }

    private final class Started implements Running {
        private final Path directory;
        private final long pid;

        Started(Path directory, long pid) {
            this.directory = directory;
            this.pid = pid;
        }

        @Override
        public String target() {
            return "stream:" + directory.resolve("guests.sock");
        }

        @Override
        public long pid() {
            return pid;
        }

        @Override
        public void close() throws IOException {
            try {
                Commands.output(60, command("stop", "--runtime-dir", directory.toString()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
