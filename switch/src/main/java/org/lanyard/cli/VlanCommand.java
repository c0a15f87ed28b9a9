package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
        name = "vlan",
        description = "Show the VLANs of a running switch.",
        subcommands = VlanCommand.ListVlans.class)
final class VlanCommand {
    private VlanCommand() {}

    @Command(name = "list", description = "Every VLAN, and the ports that are in it.")
    static final class ListVlans extends ReadCommand {
        @Override
        JsonNode ask(RpcClient client) {
            return client.call("vlan.list");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            if (answer.isEmpty()) {
                out.println("no port has a vlan setting: all are in one LAN, tags are payload");
                return;
            }
            Table table = new Table("VLAN", "UNTAGGED", "TAGGED");
            for (JsonNode line : answer) {
                int first = line.path("first").asInt();
                int last = line.path("last").asInt();
                table.row(
                        first == last ? Integer.toString(first) : first + "-" + last,
                        names(line.path("untagged")),
                        names(line.path("tagged")));
            }
            table.print(out);
        }

        private static String names(JsonNode ports) {
            List<String> names = new ArrayList<>();
            ports.forEach(port -> names.add(port.asText()));
            return names.isEmpty() ? "-" : String.join(" ", names);
        }
    }
}
