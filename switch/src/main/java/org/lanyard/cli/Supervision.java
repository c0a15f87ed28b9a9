package org.lanyard.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lanyard.control.RuntimeDir;

/**
 * What starts a switch in the background again when it has crashed: a shell that waits for it, as
 * {@code supervise.sh} says. Whose switch is to run stands in a file of the runtime directory.
 */
final class Supervision {
    /** Of {@code start}: nobody is to start it again. */
    static final String ALONE = "--no-supervise";

    private static final String SCRIPT = "supervise.sh";
    private static final List<Path> SETSID =
            List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

    /** The shell's pid; the environment of the switch that it runs. */
    private static final String SHELL = "LANYARD_SUPERVISOR";

    /** How the one before ended; the environment of a switch that was started again. */
    private static final String AFTER = "LANYARD_STARTED_AFTER";

    private Supervision() {}

    /** A command that runs another as long as that is to run. */
    static List<String> command(RuntimeDir dir, LogFormat format, List<String> switchCommand)
            throws IOException {
        List<String> command = new ArrayList<>();
        // Of no terminal, and not ended with what the user's next Ctrl-C ends.
        SETSID.stream().filter(Files::isExecutable).findFirst().ifPresent(p -> command.add(p + ""));
        command.addAll(List.of("/bin/sh", "-c", script(), "lanyard-supervise"));
        command.addAll(List.of(dir.supervisor().toString(), dir.log().toString()));
        command.add(format.toString());
        command.addAll(switchCommand);
        return command;
    }

    private static String script() throws IOException {
        try (InputStream in = Supervision.class.getResourceAsStream(SCRIPT)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * How the switch before this one ended, of which the supervisor has started it again; or null.
     */
    static String startedAfter() {
        return System.getenv(AFTER);
    }

    /**
     * The switch of this process is up: it is the one that is to run from now on.
     *
     * @return false when it was started again although it is not to run any more
     */
    static boolean claim(RuntimeDir dir) throws IOException {
        String shell = System.getenv(SHELL);
        if (shell == null) {
            Files.deleteIfExists(dir.supervisor());
            return true;
        }
        if (startedAfter() != null && !shell.equals(shellOf(dir))) {
            return false;
        }
        Files.writeString(dir.supervisor(), shell + "\n");
        return true;
    }

    /** Whether the running switch was started so that nobody starts it again. */
    static boolean isAlone(RuntimeDir dir, long pid) {
        return !Files.exists(dir.supervisor())
                && LogFormat.Choice.commandLine(pid).contains("--detached");
    }

    /**
     * The switch is not to be started again.
     *
     * @return whether a shell was about to
     */
    static boolean end(RuntimeDir dir) throws IOException {
        String shell = shellOf(dir);
        return Files.deleteIfExists(dir.supervisor())
                && shell.matches("\\d{1,9}")
                && ProcessHandle.of(Long.parseLong(shell)).isPresent();
    }

    private static String shellOf(RuntimeDir dir) throws IOException {
        return Files.exists(dir.supervisor()) ? Files.readString(dir.supervisor()).strip() : "";
    }
}
