package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "port",
        description = "Show and change the ports of a running switch.",
        subcommands = {
            PortCommand.ListPorts.class,
            PortCommand.ShowPort.class,
            PortCommand.SetPort.class,
            PortCommand.AddPort.class,
            PortCommand.RemovePort.class
        })
final class PortCommand {
    private PortCommand() {}

    @Command(name = "list", description = "Every port, and every guest as a port of its own.")
    static final class ListPorts extends ReadCommand {
        @Override
        JsonNode ask(RpcClient client) {
            return client.call("port.list");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            table(answer).print(out);
            printReasons(answer, out);
        }

        private static Table table(JsonNode ports) {
            Table table =
                    new Table(
                            "PORT",
                            "KIND",
                            "STATE",
                            "RX FRAMES",
                            "TX FRAMES",
                            "DROPPED",
                            "ENDPOINT");
            for (JsonNode port : ports) {
                boolean listening = port.path("state").asText().equals("listening");
                table.row(
                        port.path("name").asText(),
                        port.path("kind").asText(),
                        port.path("state").asText(),
                        listening ? "-" : port.path("rx_packets").asLong(),
                        listening ? "-" : port.path("tx_packets").asLong(),
                        listening ? "-" : sum(port.path("drops")),
                        port.path("endpoint").asText());
            }
            return table;
        }

        private static long sum(JsonNode drops) {
            long sum = 0;
            for (JsonNode count : drops) {
                sum += count.asLong();
            }
            return sum;
        }
    }

    @Command(name = "show", description = "One port, with all its counters.")
    static final class ShowPort extends ReadCommand {
        @Parameters(paramLabel = "NAME", description = "as port list shows it")
        private String name;

        @Override
        JsonNode ask(RpcClient client) {
            return client.call("port.show", client.params().put("name", name));
        }

        @Override
        void print(JsonNode port, PrintWriter out) {
            out.printf("port      %s%n", port.path("name").asText());
            out.printf("kind      %s%n", port.path("kind").asText());
            String reason = port.path("reason").asText("");
            out.printf(
                    "state     %s%s%n",
                    port.path("state").asText(), reason.isEmpty() ? "" : ": " + reason);
            out.printf("endpoint  %s%n", port.path("endpoint").asText());
            if (port.path("mtu").asInt() > 0) {
                out.printf("mtu       %d%n", port.path("mtu").asInt());
            }
            if (port.has("guests")) {
                out.printf("guests    %s%n", guests(port));
            }
            new PortSettings(port, out).print();
            if (!port.path("peer").path("pid").isNull()) {
                out.printf(
                        "peer      pid %d, uid %d%n",
                        port.path("peer").path("pid").asLong(),
                        port.path("peer").path("uid").asLong());
            }
            out.printf(
                    "received  %,d frames, %,d bytes%n",
                    port.path("rx_packets").asLong(), port.path("rx_bytes").asLong());
            out.printf(
                    "sent      %,d frames, %,d bytes%n",
                    port.path("tx_packets").asLong(), port.path("tx_bytes").asLong());
            out.printf("dropped   %s%n", drops(port.path("drops")));
            String refused = counts(port.path("refused"));
            if (!refused.isEmpty()) {
                out.printf("refused   %s%n", refused);
            }
            String effects = counts(port.path("wire"));
            if (!effects.isEmpty()) {
                out.printf("wire      %s%n", effects);
            }
        }
    }

    /** How many there are, and how many there may be where the port says so. */
    private static String guests(JsonNode port) {
        StringBuilder text = new StringBuilder(port.path("guests").asText());
        if (port.has("max_guests")) {
            text.append(" of ").append(port.path("max_guests").asText());
        }
        if (port.has("max_guests_per_user")) {
            text.append(", ").append(port.path("max_guests_per_user").asText()).append(" a user");
        }
        return text.toString();
    }

    @Command(
            name = "set",
            description = {
                "Change what a port does with its frames, while it is up.",
                "A listening port's guests all have its settings. Nothing is written to a file."
            })
    static final class SetPort extends ReadCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "as the configuration has it")
        private String name;

        @Parameters(
                index = "1..*",
                paramLabel = "KEY=VALUE",
                description = "as in the port's table of a configuration file")
        private List<String> settings = List.of();

        @Option(
                names = "--unset",
                paramLabel = "KEY",
                split = ",",
                description = "take back what was set at this key")
        private List<String> unset = List.of();

        @Override
        JsonNode ask(RpcClient client) {
            ObjectNode params = client.params().put("name", name);
            params.put("set", String.join("\n", settings));
            unset.forEach(params.putArray("unset")::add);
            return client.call("port.set", params);
        }

        @Override
        void print(JsonNode port, PrintWriter out) {
            new PortSettings(port, out).print();
        }
    }

    @Command(
            name = "add",
            description = "Open a new port on a running switch. Nothing is written to a file.")
    static final class AddPort extends ReadCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "one that no port has")
        private String name;

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "KEY=VALUE",
                description = "as in the port's table of a configuration file")
        private List<String> settings;

        @Override
        JsonNode ask(RpcClient client) {
            String lines = String.join("\n", settings);
            return client.call("port.add", client.params().put("name", name).put("set", lines));
        }

        @Override
        void print(JsonNode port, PrintWriter out) {
            out.printf(
                    "port %s is %s: %s%n",
                    port.path("name").asText(),
                    port.path("state").asText(),
                    port.path("endpoint").asText());
        }
    }

    @Command(name = "remove", description = "Close a port of a running switch, guests and all.")
    static final class RemovePort extends ReadCommand {
        @Parameters(paramLabel = "NAME", description = "as the configuration has it")
        private String name;

        @Override
        JsonNode ask(RpcClient client) {
            return client.call("port.remove", client.params().put("name", name));
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.printf("port %s is removed%n", answer.path("removed").asText());
        }
    }

    /** A line for each port that is not as it should be. */
    static void printReasons(JsonNode ports, PrintWriter out) {
        for (JsonNode port : ports) {
            String reason = port.path("reason").asText("");
            if (!reason.isEmpty()) {
                out.printf(
                        "port %s is %s: %s%n",
                        port.path("name").asText(), port.path("state").asText(), reason);
            }
        }
    }

    /** Counts by reason in one line. */
    static String drops(JsonNode drops) {
        String counts = counts(drops);
        return counts.isEmpty() ? "none" : counts;
    }

    /** What was counted at all, with its names. */
    private static String counts(JsonNode byName) {
        List<String> parts = new ArrayList<>();
        byName.properties()
                .forEach(
                        e -> {
                            if (e.getValue().asLong() > 0) {
                                parts.add(
                                        String.format("%,d %s", e.getValue().asLong(), e.getKey()));
                            }
                        });
        return String.join(", ", parts);
    }
}
