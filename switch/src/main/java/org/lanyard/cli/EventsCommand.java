package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "events",
        description = {
            "Tell what happens in a running switch, one JSON object a line, until it ends.",
            "",
            "port-up, port-down, settings, config-applied;",
            "mac-learned, mac-moved, mac-held, mac-duplicate, mac-refused;",
            "storm and dropped (frames within the last second); missed (events, when too many came)"
        })
final class EventsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Option(names = "--count", paramLabel = "N", description = "end after so many")
    private long count = Long.MAX_VALUE;

    @Override
    public Integer call() {
        try (RpcClient client = RpcClient.connect(target.dir())) {
            PrintWriter out = spec.commandLine().getOut();
            client.call("events");
            for (long i = 0; i < count; i++) {
                JsonNode event = client.nextEvent();
                if (event == null) {
                    break;
                }
                out.println(event);
                out.flush();
                if (out.checkError()) {
                    break; // whoever read it has gone
                }
            }
        }
        return ExitCode.DONE;
    }
}
