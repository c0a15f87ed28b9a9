package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "fdb",
        description = "Show and change the forwarding database of a running switch.",
        subcommands = {
            FdbCommand.ListEntries.class,
            FdbCommand.AddEntry.class,
            FdbCommand.DeleteEntry.class,
            FdbCommand.Flush.class
        })
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
                boolean isStatic = entry.path("static").asBoolean();
                table.row(
                        entry.path("mac").asText(),
                        entry.path("vlan").asInt(),
                        entry.path("port").asText(),
                        isStatic ? "static" : entry.path("age").asInt() + " s");
            }
            table.print(out);
        }
    }

    @Command(
            name = "add",
            description = "Put an address behind a port for good, wherever it is seen.")
    static final class AddEntry extends ReadCommand {
        @Parameters(index = "0", paramLabel = "MAC", description = "such as 52:54:00:12:34:56")
        private String mac;

        @Parameters(index = "1", paramLabel = "PORT", description = "as port list shows it")
        private String port;

        @Option(names = "--vlan", paramLabel = "V", description = "default: the port's own, or 1")
        private Integer vlan;

        @Override
        JsonNode ask(RpcClient client) {
            ObjectNode params = client.params().put("mac", mac).put("port", port);
            return client.call("fdb.add", params.put("vlan", vlan));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.printf(
                    "%s is behind %s in VLAN %d%n",
                    answer.path("mac").asText(),
                    answer.path("port").asText(),
                    answer.path("vlan").asInt());
        }
    }

    @Command(name = "del", description = "Forget one address, static or learned.")
    static final class DeleteEntry extends ReadCommand {
        @Parameters(paramLabel = "MAC", description = "as fdb list shows it")
        private String mac;

        @Option(names = "--vlan", paramLabel = "V", description = "default: 1")
        private Integer vlan;

        @Override
        JsonNode ask(RpcClient client) {
            return client.call("fdb.del", client.params().put("mac", mac).put("vlan", vlan));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.printf(
                    "%s forgotten in VLAN %d%n",
                    answer.path("mac").asText(), answer.path("vlan").asInt());
        }
    }

    @Command(name = "flush", description = "Forget what was learned; static addresses stay.")
    static final class Flush extends ReadCommand {
        @Option(names = "--port", paramLabel = "P", description = "only behind this port")
        private String port;

        @Option(names = "--vlan", paramLabel = "V", description = "only in this VLAN")
        private Integer vlan;

        @Override
        JsonNode ask(RpcClient client) {
            ObjectNode params = client.params().put("vlan", vlan);
            return client.call("fdb.flush", port == null ? params : params.put("port", port));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.printf("%d addresses forgotten%n", answer.path("flushed").asInt());
        }
    }
}
