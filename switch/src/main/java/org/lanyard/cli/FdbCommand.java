package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

@Command(
        name = "fdb",
        description = "Show the forwarding database of a running switch.",
        subcommands = FdbCommand.ListEntries.class)
final class FdbCommand {
    private FdbCommand() {}

    @Command(name = "list", description = "Every address and the port that it is behind.")
    static final class ListEntries extends ReadCommand {
        @Override
        JsonNode ask(RpcClient client) {
            return client.call("fdb.list");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            Table table = new Table("MAC", "VLAN", "PORT", "AGE");
            for (JsonNode entry : answer) {
                table.row(
                        entry.path("mac").asText(),
                        entry.path("vlan").asInt(),
                        entry.path("port").asText(),
                        entry.path("age").asInt() + " s");
            }
            table.print(out);
        }
    }
}
