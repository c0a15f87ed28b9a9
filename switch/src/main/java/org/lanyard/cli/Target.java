package org.lanyard.cli;

import java.nio.file.Path;
import java.util.Map;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.SwitchConfig;
import org.lanyard.control.RuntimeDir;
import picocli.CommandLine.Option;

/** Which switch a command is about. */
final class Target {
    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "the switch's name (default: lan0, or the configuration's)")
    private String name;

    @Option(
            names = "--runtime-dir",
            paramLabel = "DIR",
            description = "where the switch has its sockets (also LANYARD_RUNTIME_DIR)")
    private Path runtimeDir;

    /** As picocli makes it, to be filled. */
    Target() {}

    /** As the user would name it; null for what is not said. */
    Target(String name, Path runtimeDir) {
        this.name = name;
        this.runtimeDir = runtimeDir;
    }

    /** The name that the user gave, or null. */
    String name() {
        if (name == null) {
            return null;
        }
        try {
            return ConfigParser.checkName(name);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage());
        }
    }

    RuntimeDir dir() {
        return dir(SwitchConfig.DEFAULT_NAME);
    }

    /**
     * @param configured the switch's name if the user gave none
     */
    RuntimeDir dir(String configured) {
        Map<String, String> environment = System.getenv();
        if (runtimeDir != null) {
            return new RuntimeDir(runtimeDir.toAbsolutePath().normalize());
        }
        String fromEnvironment = environment.get("LANYARD_RUNTIME_DIR");
        if (name == null && fromEnvironment != null && !fromEnvironment.isEmpty()) {
            return new RuntimeDir(Path.of(fromEnvironment).toAbsolutePath().normalize());
        }
        return RuntimeDir.ofName(name == null ? configured : name(), environment);
    }
}
