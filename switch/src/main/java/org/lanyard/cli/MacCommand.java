package org.lanyard.cli;

import java.util.concurrent.Callable;
import org.lanyard.frame.Mac;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "mac", description = "Print a fresh, locally administered MAC address.")
final class MacCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(Mac.format(Mac.random()));
        return ExitCode.DONE;
    }
}
