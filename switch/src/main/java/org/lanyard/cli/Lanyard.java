package org.lanyard.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Locale;
import org.lanyard.control.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The program. */
@Command(
        name = "lanyard",
        description = "A userspace Ethernet switch for QEMU guests.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Lanyard.CurrentVersion.class,
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 usage, 3 no such running switch, 4 invalid configuration"
        })
public final class Lanyard {
    static final class CurrentVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"lanyard " + Version.CURRENT};
        }
    }

    /** Each is named after its class: PortCommand is {@code port}. In the order of the help. */
    static final List<Class<?>> COMMANDS =
            List.of(
                    RunCommand.class,
                    StartCommand.class,
                    StopCommand.class,
                    RestartCommand.class,
                    ReloadCommand.class,
                    StatusCommand.class,
                    PortCommand.class,
                    FdbCommand.class,
                    VlanCommand.class,
                    MirrorCommand.class,
                    EventsCommand.class,
                    CaptureCommand.class,
                    TopCommand.class,
                    ConfigCommand.class,
                    AttachCommand.class,
                    MacCommand.class,
                    DoctorCommand.class,
                    DemoCommand.class,
                    CompletionCommand.class,
                    CompleteCommand.class,
                    HelpCommand.class);

    private Lanyard() {}

    public static void main(String[] args) {
        prepare();
        System.exit(quick(args).execute(args));
    }

    /** What has to be said to libraries before they are used. */
    static void prepare() {
        System.setProperty("java.util.logging.manager", LogSetup.Manager.class.getName());
        // No option is of these types, and to look for them takes as long as the rest of picocli.
        System.setProperty("picocli.converters.excludes", "java.time.*,java.sql.*");
    }

    /** All commands, with all that their help says. */
    static CommandLine commandLine() {
        CommandLine commandLine = commandLine(COMMANDS);
        Examples.addTo(commandLine);
        return commandLine;
    }

    /**
     * Knows only the command that the first word names, if it names one: to look at all of them
     * would take most of a short command's time.
     */
    static CommandLine quick(String... args) {
        String first = args.length == 0 ? "" : args[0];
        for (Class<?> command : COMMANDS) {
            if (name(command).equals(first) && command != HelpCommand.class && !asksHelp(args)) {
                return commandLine(List.of(command));
            }
        }
        return commandLine();
    }

    private static boolean asksHelp(String... args) {
        List<String> words = List.of(args);
        return words.contains("--help") || words.contains("-h");
    }

    private static String name(Class<?> command) {
        String name = command.getSimpleName();
        return name.substring(0, name.length() - "Command".length()).toLowerCase(Locale.ROOT);
    }

    private static CommandLine commandLine(List<Class<?>> commands) {
        CommandLine commandLine = new CommandLine(new Lanyard());
        for (Class<?> command : commands) {
            commandLine.addSubcommand(command);
        }
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler(new Failures());
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(Terminal.ansi()));
        return commandLine;
    }

    /** Named, for the first lambda of a process costs it as much as all of a short command. */
    private static final class Failures implements IExecutionExceptionHandler {
        @Override
        public int handleExecutionException(Exception failure, CommandLine at, ParseResult parsed) {
            return fail(failure, at.getErr());
        }
    }

    private static int fail(Exception failure, PrintWriter err) {
        if (failure instanceof CommandFailure told) {
            // Errors of a file begin with its name and their place, as editors know them.
            boolean placed = told.exitCode() == ExitCode.INVALID_CONFIG;
            err.println((placed ? "" : "lanyard: ") + told.getMessage());
            err.flush();
            return told.exitCode();
        }
        boolean sentence =
                failure instanceof IOException && !(failure instanceof FileSystemException);
        err.println("lanyard: " + (sentence ? failure.getMessage() : failure));
        err.flush();
        return ExitCode.FAILED;
    }
}
