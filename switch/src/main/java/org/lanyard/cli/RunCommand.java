package org.lanyard.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.SwitchConfig;
import org.lanyard.control.RuntimeDir;
import org.lanyard.control.Supervisor;
import org.lanyard.control.Switch;
import org.lanyard.forward.Clock;
import org.lanyard.tapio.LibC;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        description = "Run a switch in the foreground; its log goes to standard error.")
final class RunCommand implements Callable<Integer> {
    /** What the detached switch writes to standard output once guests can connect. */
    static final String READY = "lanyard: ready";

    /**
     * Names what is read this time in place of the configuration file, which stays the one to read
     * again: what ran before a restart that failed. The switch that it was read by removes it.
     */
    static final String INSTEAD = "--instead-of-config";

    /** What it writes instead, with the reason behind it; other lines are the JVM's own. */
    static final String REFUSED = "lanyard: refused: ";

    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    private static final long SHUTDOWN_MILLIS = 5_000;

    @Mixin private Target target;

    @ArgGroup private Source source = new Source();

    @Option(names = INSTEAD, hidden = true)
    private Path instead;

    @Mixin private LogFormat.Choice logFormat;

    @Option(names = "--detached", hidden = true)
    private boolean detached;

    /** Where the configuration comes from. */
    private static final class Source {
        @Option(names = "--config", paramLabel = "FILE", description = "a TOML file")
        private Path file;

        @Option(
                names = "--config-if-exists",
                paramLabel = "FILE",
                description = "a TOML file; without it, the switch that needs none (for services)")
        private Path maybe;

        /** Null for the switch that needs no file. */
        Path file() {
            return maybe != null && Files.exists(maybe) ? maybe : file;
        }
    }

    @Override
    public Integer call() throws IOException {
        Path file = source.file();
        SwitchConfig config = load(reading(file, instead), target.name());
        HeapSize.fit(config);
        RuntimeDir dir = target.dir(config.name());
        try {
            if (detached) {
                LibC.setsid();
                dir.create();
                LogSetup.toFile(dir.log(), logFormat.format());
            } else {
                LogSetup.toStandardError(logFormat.format());
            }
            Path absolute = file == null ? null : file.toAbsolutePath();
            Supervisor supervisor = Supervisor.of(System.getenv(), ProcessHandle.current().pid());
            Switch lanyard = new Switch(config, absolute, dir, Clock.SYSTEM, supervisor);
            lanyard.lastResort(RunCommand::fall);
            Thread.setDefaultUncaughtExceptionHandler(
                    (thread, cause) -> lanyard.died(thread.getName(), cause));
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> end(lanyard), "lanyard-shutdown"));
            Signals signals = new Signals(); // for as long as the process lives
            signals.on("TERM", () -> end(lanyard));
            signals.on("INT", () -> end(lanyard));
            // A terminal that hangs up ends what it ran; of a service it asks to read its file.
            boolean isService = absolute != null || detached || supervisor.isThere();
            signals.on("HUP", isService ? lanyard::requestReload : () -> end(lanyard));
            if (Supervision.startedAfter() != null) {
                LOG.warn("the switch is started again: {}", Supervision.startedAfter());
            }
            boolean asked = lanyard.run(() -> ready(lanyard, dir));
            if (asked) {
                Supervision.end(dir);
                if (instead != null) {
                    Files.deleteIfExists(instead);
                }
            }
            return asked ? ExitCode.DONE : ExitCode.FAILED;
        } catch (IOException e) {
            if (detached) {
                System.out.println(REFUSED + e.getMessage());
                LOG.error("{}", e.getMessage());
            }
            throw new CommandFailure(ExitCode.FAILED, e.getMessage());
        } finally {
            LogSetup.drain();
        }
    }

    /** What is to be read in place of a file, which may be null. */
    static Path reading(Path file, Path instead) {
        return instead != null && Files.exists(instead) ? instead : file;
    }

    /**
     * @param file null for the switch that needs no file
     * @param name what the user called it, or null
     */
    static SwitchConfig load(Path file, String name) {
        if (file == null) {
            SwitchConfig config = SwitchConfig.withoutFile();
            return name == null ? config : config.withName(name);
        }
        try {
            SwitchConfig config = ConfigParser.parse(file);
            return name == null ? config : config.withName(name);
        } catch (ConfigException e) {
            throw new CommandFailure(ExitCode.INVALID_CONFIG, e.getMessage());
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.INVALID_CONFIG, file + ": no such file");
        } catch (AccessDeniedException e) {
            throw new CommandFailure(ExitCode.INVALID_CONFIG, file + ": you may not read it");
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.INVALID_CONFIG, file + ": " + e.getMessage());
        }
    }

    private void ready(Switch lanyard, RuntimeDir dir) {
        try {
            if (!Supervision.claim(dir)) {
                LOG.warn("the switch was stopped while it was down: it ends again");
                lanyard.requestStop();
            }
        } catch (IOException e) {
            LOG.warn("{}; the switch is not started again if it crashes", e.toString());
        }
        if (detached) {
            System.out.println(READY);
            System.out.flush();
            leaveStandardStreams();
        }
    }

    private static void leaveStandardStreams() {
        int none = LibC.open("/dev/null", LibC.O_RDWR, 0);
        for (int stream = 0; stream <= 2; stream++) {
            LibC.dup2(none, stream);
        }
        LibC.close(none);
        System.setOut(
                new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    /** The process ends at once, and what was said is written. */
    private static void fall() {
        LogSetup.drain();
        Runtime.getRuntime().halt(ExitCode.FAILED);
    }

    /** The process ends by the ordinary way out of {@link #call}, unless that is blocked. */
    private static void end(Switch lanyard) {
        lanyard.requestStop();
        try {
            if (!lanyard.awaitEnd(SHUTDOWN_MILLIS)) {
                LOG.error("no end within {} ms: ending at once", SHUTDOWN_MILLIS);
                fall();
            }
            LogSetup.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
