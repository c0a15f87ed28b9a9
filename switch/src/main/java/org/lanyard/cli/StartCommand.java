package org.lanyard.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lanyard.config.PortConfig;
import org.lanyard.config.PortKind;
import org.lanyard.config.SwitchConfig;
import org.lanyard.control.RuntimeDir;
import org.lanyard.guest.Qemu;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "start",
        description = "Start a switch in the background; returns when guests can connect.")
final class StartCommand implements Callable<Integer> {
    /** A TAP that does not come up would keep the switch from being ready for ever. */
    private static final long PATIENCE_SECONDS = 60;

    private static final int MOST_ERRORS = 64 * 1024;

    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Option(names = "--config", paramLabel = "FILE", description = "a TOML file")
    private Path file;

    @Option(names = RunCommand.INSTEAD, hidden = true)
    private Path instead;

    @Mixin private LogFormat.Choice logFormat;

    @Option(
            names = Supervision.ALONE,
            description = "do not start it again when it ends by a crash")
    private boolean alone;

    @Override
    public Integer call() throws IOException, InterruptedException {
        SwitchConfig config = RunCommand.load(RunCommand.reading(file, instead), target.name());
        RuntimeDir dir = target.dir(config.name());
        CompletableFuture<Qemu.Version> qemu = // meanwhile
                CompletableFuture.supplyAsync(AttachCommand::anyVersion, StartCommand::apart);
        launch(config, dir);
        var out = spec.commandLine().getOut();
        out.printf("switch %s is running in %s%n", config.name(), dir.path());
        try (RpcClient client = RpcClient.connect(dir)) {
            PortCommand.printReasons(client.call("port.list"), out);
        }
        for (PortConfig port : config.ports()) {
            if (port.kind() instanceof PortKind.StreamListen) {
                out.printf(
                        "attach a guest:  lanyard attach %s%s%n", port.name(), words(config, dir));
                printExample(out, dir, port.name(), qemu);
                break;
            }
        }
        out.printf("see it, stop it: lanyard status%1$s, lanyard stop%1$s%n", words(config, dir));
        out.flush();
        return ExitCode.DONE;
    }

    /** The switch runs, whatever QEMU is here; if that one can't be attached, it says so. */
    private static void printExample(
            PrintWriter out, RuntimeDir dir, String port, CompletableFuture<Qemu.Version> qemu) {
        try {
            AttachCommand.example(out, dir, port, qemu.join());
        } catch (CommandFailure e) {
            out.println("  " + e.getMessage());
        }
    }

    /** How to name the switch to the next command: as shortly as can be. */
    private static String words(SwitchConfig config, RuntimeDir dir) {
        if (dir.equals(new Target().dir())) {
            return "";
        }
        return dir.equals(RuntimeDir.ofName(config.name(), System.getenv()))
                ? " --name " + config.name()
                : " --runtime-dir " + dir.path();
    }

    private void launch(SwitchConfig config, RuntimeDir dir)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Launcher.command());
        command.addAll(List.of("run", "--detached", "--runtime-dir", dir.path().toString()));
        command.addAll(List.of("--name", config.name()));
        command.addAll(logFormat.words());
        if (file != null) {
            command.addAll(List.of("--config", file.toAbsolutePath().toString()));
        }
        if (instead != null) {
            command.addAll(List.of(RunCommand.INSTEAD, instead.toAbsolutePath().toString()));
        }
        // No file: one would be left behind if this command were killed.
        ProcessBuilder builder =
                new ProcessBuilder(
                                alone
                                        ? command
                                        : Supervision.command(dir, logFormat.format(), command))
                        .directory(new File("/"))
                        .redirectInput(new File("/dev/null"));
        HeapSize.announce(config, builder.environment());
        Process process = builder.start();
        CompletableFuture<String> errors =
                CompletableFuture.supplyAsync(() -> errors(process), StartCommand::apart);
        String answer = awaitAnswer(process, dir);
        if (!RunCommand.READY.equals(answer)) {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw new CommandFailure(
                    ExitCode.FAILED,
                    answer != null
                            ? answer.substring(RunCommand.REFUSED.length())
                            : said(errors, "see " + dir.log()));
        }
    }

    /** Whatever waits has a thread of its own: those that Java shares are as few as one. */
    private static void apart(Runnable reading) {
        Thread thread = new Thread(reading, "lanyard-start");
        thread.setDaemon(true);
        thread.start();
    }

    private static String said(CompletableFuture<String> errors, String otherwise)
            throws InterruptedException {
        try {
            String said = errors.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return said.isEmpty() ? otherwise : said;
        } catch (ExecutionException | TimeoutException e) {
            return otherwise;
        }
    }

    /** What the process writes to standard error until it leaves it, its first 64 KiB. */
    private static String errors(Process process) {
        try (InputStream in = process.getErrorStream()) {
            String said = new String(in.readNBytes(MOST_ERRORS), StandardCharsets.UTF_8);
            in.transferTo(OutputStream.nullOutputStream());
            return said.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Null when the process ended without a word. */
    private static String awaitAnswer(Process process, RuntimeDir dir)
            throws InterruptedException, IOException {
        try {
            return CompletableFuture.supplyAsync(() -> answer(process), StartCommand::apart)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "the switch was not ready after "
                            + PATIENCE_SECONDS
                            + " s and was told to end; see "
                            + dir.log());
        } catch (ExecutionException e) {
            throw new IOException("what the switch said can't be read: " + e.getCause(), e);
        }
    }

    private static String answer(Process process) {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (line != null
                    && !line.equals(RunCommand.READY)
                    && !line.startsWith(RunCommand.REFUSED)) {
                line = reader.readLine(); // a warning of the JVM's, for example
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
