package org.lanyard.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "complete",
        hidden = true,
        description = {
            "What can stand in place of the last word, one a line, each with a tab and what it is.",
            "The line ':files' means names of files. Shells ask this; see completion."
        })
final class CompleteCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "WORD",
            arity = "0..*",
            description = "those behind the program's name, behind a --")
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (String line : new Completion(words).lines()) {
            out.print(line + "\n");
        }
        out.flush();
        return ExitCode.DONE;
    }
}
