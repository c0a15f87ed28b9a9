package org.lanyard.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = {
            "Print what makes a shell complete this program's commands.",
            "",
            "  source <(lanyard completion bash)",
            "  source <(lanyard completion zsh)",
            "  lanyard completion fish | source"
        })
final class CompletionCommand implements Callable<Integer> {
    /** Those that it is there for. */
    enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "one of ${COMPLETION-CANDIDATES}")
    private Shell shell;

    @Override
    public Integer call() throws IOException {
        String name = "/org/lanyard/completion/lanyard." + shell;
        try (InputStream in = CompletionCommand.class.getResourceAsStream(name)) {
            String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            spec.commandLine().getOut().print(script);
            spec.commandLine().getOut().flush();
        }
        return ExitCode.DONE;
    }
}
