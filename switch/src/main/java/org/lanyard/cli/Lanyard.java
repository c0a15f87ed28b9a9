package org.lanyard.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import org.lanyard.control.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

/** The program. */
@Command(
        name = "lanyard",
        description = "A userspace Ethernet switch for QEMU guests.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Lanyard.CurrentVersion.class,
        subcommands = {
            RunCommand.class,
            StartCommand.class,
            StopCommand.class,
            RestartCommand.class,
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
            DemoCommand.class,
            HelpCommand.class
        },
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

    private Lanyard() {}

    public static void main(String[] args) {
        System.setProperty("java.util.logging.manager", LogSetup.Manager.class.getName());
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Lanyard());
        commandLine.setExecutionExceptionHandler(
                (failure, at, parsed) -> fail(failure, at.getErr()));
        return commandLine;
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
