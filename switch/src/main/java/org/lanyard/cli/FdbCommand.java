package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
    static final class ListEntries implements Callable<Integer> {
        /** A switch answers so many at once that others hardly wait for it. */
        private static final int PAGE = 8192;

        @Spec private CommandSpec spec;
        @Mixin private Target target;

        @Option(names = "--json", description = "as JSON")
        private boolean json;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            try (RpcClient client = RpcClient.connect(target.dir())) {
                int known = client.call("status").path("fdb").path("size").asInt();
                if (json) {
                    printJson(client, known, out);
                } else {
                    forEachPage(client, known, page -> table(page).print(out));
                }
            }
            out.flush();
            return ExitCode.DONE;
        }

        /** What one answer holds is asked for as ever, also of a switch that knows no pages. */
        private static void forEachPage(RpcClient client, int known, Consumer<JsonNode> reader) {
            if (known <= PAGE) {
                reader.accept(client.call("fdb.list"));
                return;
            }
            String last = null;
            JsonNode page;
            do {
                ObjectNode params = client.params().put("limit", PAGE);
                page = client.call("fdb.list", last == null ? params : params.put("after", last));
                if (!page.isEmpty()) {
                    reader.accept(page);
                    JsonNode entry = page.get(page.size() - 1);
                    last = entry.path("mac").asText() + "/" + entry.path("vlan").asInt();
                }
            } while (!page.isEmpty());
        }

        /** One array, as if it had come in one piece. */
        private static void printJson(RpcClient client, int known, PrintWriter out) {
            boolean[] isFirst = {true};
            forEachPage(
                    client,
                    known,
                    page -> {
                        for (JsonNode entry : page) {
                            out.print((isFirst[0] ? "[ " : ", ") + entry.toPrettyString());
                            isFirst[0] = false;
                        }
                    });
            out.println(isFirst[0] ? "[ ]" : " ]");
        }

        private static Table table(JsonNode page) {
            Table table = new Table("MAC", "VLAN", "PORT", "AGE");
            for (JsonNode entry : page) {
                boolean isStatic = entry.path("static").asBoolean();
                table.row(
                        entry.path("mac").asText(),
                        entry.path("vlan").asInt(),
                        entry.path("port").asText(),
                        isStatic ? "static" : entry.path("age").asInt() + " s");
            }
            return table;
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
