package org.lanyard.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.SwitchConfig;
import org.lanyard.control.RuntimeDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "restart",
        description = {
            "End a running switch and start it again with its configuration file.",
            "If that does not come up, what ran before runs again."
        })
final class RestartCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "a TOML file (default: the one that it runs with)")
    private Path file;

    @Mixin private LogFormat.Choice logFormat;

    /**
     * The switch that is to be restarted.
     *
     * @param file its configuration's, or null
     * @param toml what it runs with, all that was set since included
     * @param words of {@code start}, which it was started with
     */
    private record Running(String name, Path file, String toml, List<String> words) {}

    @Override
    public Integer call() throws Exception {
        RuntimeDir dir = target.dir();
        Running running = running(dir);
        Path config = file == null ? running.file() : file;
        // A bad file must not end a good switch, nor one that can't be opened.
        SwitchConfig next = RunCommand.load(config, running.name());
        tryOut(running, next, dir);
        dir.create(); // nor may one be stopped that we could not start again: it is another user's
        StopCommand.stop(dir);
        CommandLine own = spec.commandLine();
        int started = start(running, dir, own.getOut(), own.getErr(), config("--config", config));
        return started == ExitCode.DONE ? started : goBack(running, dir);
    }

    private Running running(RuntimeDir dir) throws IOException {
        try (RpcClient client = RpcClient.connect(dir)) {
            var status = client.call("status");
            String config = status.path("config").asText("");
            List<String> words = new ArrayList<>(logFormat.wordsLike(status.path("pid").asLong()));
            if (Supervision.isAlone(dir, status.path("pid").asLong())) {
                words.add(Supervision.ALONE);
            }
            return new Running(
                    status.path("name").asText(),
                    config.isEmpty() ? null : Path.of(config),
                    client.call("config.show").path("toml").asText(),
                    words);
        }
    }

    private static void tryOut(Running running, SwitchConfig next, RuntimeDir dir)
            throws ConfigException {
        try {
            Tryout.of(ConfigParser.parse("running", running.toml()), next, dir.path());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, e.getMessage() + "; nothing has changed, the switch runs on");
        }
    }

    private static List<String> config(String option, Path path) {
        return path == null ? List.of() : List.of(option, path.toString());
    }

    private static int start(
            Running running, RuntimeDir dir, PrintWriter out, PrintWriter err, List<String> more) {
        List<String> words = new ArrayList<>(List.of("start", "--name", running.name()));
        words.addAll(List.of("--runtime-dir", dir.path().toString()));
        words.addAll(running.words());
        words.addAll(more);
        CommandLine start = Lanyard.quick("start").setOut(out).setErr(err);
        return start.execute(words.toArray(String[]::new));
    }

    /** The new one did not come up, and has said why. */
    private int goBack(Running running, RuntimeDir dir) throws IOException {
        Path before = dir.path().resolve("lanyard.before.toml");
        Files.deleteIfExists(before);
        Files.createFile(
                before,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(before, running.toml());
        List<String> more = new ArrayList<>(config("--config", running.file()));
        more.addAll(config(RunCommand.INSTEAD, before));
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter nobody = new PrintWriter(Writer.nullWriter());
        boolean runs = start(running, dir, nobody, err, more) == ExitCode.DONE;
        err.println(
                runs
                        ? "lanyard: so the switch runs as it did before; its guests were cut off for"
                                + " a moment"
                        : "lanyard: nor does it start as it ran before, which is kept in "
                                + before
                                + ": nothing runs now; see "
                                + dir.log());
        err.flush();
        return ExitCode.FAILED;
    }
}
