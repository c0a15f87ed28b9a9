package org.lanyard.cli;

import java.util.concurrent.Callable;
import org.lanyard.demo.Demo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = "Boot real guests on a real switch and show that they reach each other.")
final class DemoCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = {"--yes", "-y"},
            description = "ask nothing (the launcher installs what is missing)")
    private boolean yes;

    @Override
    public Integer call() throws Exception {
        new Demo(spec.commandLine().getOut(), Launcher.command()).run();
        return ExitCode.DONE;
    }
}
