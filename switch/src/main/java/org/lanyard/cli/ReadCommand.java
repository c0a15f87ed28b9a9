package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that asks a running switch one thing and shows the answer to people or as JSON. */
abstract class ReadCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Option(names = "--json", description = "as JSON")
    private boolean json;

    abstract JsonNode ask(RpcClient client);

    /** For people. */
    abstract void print(JsonNode answer, PrintWriter out);

    @Override
    public final Integer call() {
        try (RpcClient client = RpcClient.connect(target.dir())) {
            JsonNode answer = ask(client);
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(answer.toPrettyString());
            } else {
                print(answer, out);
            }
            out.flush();
        }
        return ExitCode.DONE;
    }
}
