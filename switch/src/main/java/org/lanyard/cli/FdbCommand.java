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
        name = "fdb",
        description = "Show the forwarding database of a running switch.",
        subcommands = FdbCommand.ListEntries.class)
final class FdbCommand {
    private FdbCommand() {}

    @Command(name = "list", description = "Every address and the port that it is behind.")
    static final class ListEntries implements Callable<Integer> {
        @Spec private CommandSpec spec;
        @Mixin private Target target;

        @Option(names = "--json", description = "as JSON")
        private boolean json;

        @Override
        public Integer call() {
            try (RpcClient client = RpcClient.connect(target.dir())) {
                JsonNode entries = client.call("fdb.list");
                PrintWriter out = spec.commandLine().getOut();
                if (json) {
                    out.println(entries.toPrettyString());
                } else {
                    Table table = new Table("MAC", "VLAN", "PORT", "AGE");
                    for (JsonNode entry : entries) {
                        table.row(
                                entry.path("mac").asText(),
                                entry.path("vlan").asInt(),
                                entry.path("port").asText(),
                                entry.path("age").asInt() + " s");
                    }
                    table.print(out);
                }
                out.flush();
            }
            return ExitCode.DONE;
        }
    }
}
