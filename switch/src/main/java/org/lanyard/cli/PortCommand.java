package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.lanyard.policy.Vlans;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "port",
        description = "Show the ports of a running switch.",
        subcommands = {PortCommand.ListPorts.class, PortCommand.ShowPort.class})
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
            out.printf("vlan      %s%n", vlan(port.path("vlan")));
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
        }
    }

    /** As a configuration has it. */
    private static String vlan(JsonNode vlan) {
        String mode = vlan.path("mode").asText();
        String admit = vlan.path("admit").asText();
        String suffix = admit.equals("all") ? "" : ", only " + admit + " frames";
        if (!mode.equals("trunk")) {
            return mode + " " + vlan.path(mode).asInt() + suffix;
        }
        BitSet trunk = new BitSet();
        vlan.path("trunk").forEach(number -> trunk.set(number.asInt()));
        String untagged =
                vlan.path("native").isNull() ? "" : "native " + vlan.path("native") + ", ";
        String type = vlan.path("tag_type").asText();
        return untagged
                + "trunk "
                + Vlans.ranges(trunk)
                + (type.equals("0x8100") ? "" : ", tag type " + type)
                + suffix;
    }

    /** Counts by reason in one line. */
    static String drops(JsonNode drops) {
        List<String> parts = new ArrayList<>();
        drops.properties()
                .forEach(
                        e -> parts.add(String.format("%,d %s", e.getValue().asLong(), e.getKey())));
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }
}
