package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.lanyard.policy.Vlans;
import picocli.CommandLine.Command;

@Command(
        name = "mirror",
        description = "Show the mirrors of a running switch.",
        subcommands = MirrorCommand.ListMirrors.class)
final class MirrorCommand {
    private MirrorCommand() {}

    @Command(name = "list", description = "Every port that gets copies, and of what.")
    static final class ListMirrors extends ReadCommand {
        @Override
        JsonNode ask(RpcClient client) {
            return client.call("mirror.list");
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            Table table = new Table("MIRROR", "STATE", "PORTS", "VLANS", "DIRECTION", "SNAP");
            for (JsonNode mirror : answer) {
                List<String> ports = new ArrayList<>();
                mirror.path("ports").forEach(port -> ports.add(port.asText()));
                BitSet vlans = new BitSet();
                mirror.path("vlans").forEach(vlan -> vlans.set(vlan.asInt()));
                table.row(
                        mirror.path("port").asText(),
                        mirror.path("state").asText(),
                        ports.isEmpty() ? "all" : String.join(" ", ports),
                        vlans.isEmpty() ? "all" : Vlans.ranges(vlans),
                        direction(mirror),
                        mirror.path("snap").asInt() == 0 ? "-" : mirror.path("snap").asText());
            }
            table.print(out);
        }

        private static String direction(JsonNode mirror) {
            boolean received = mirror.path("rx").asBoolean();
            boolean sent = mirror.path("tx").asBoolean();
            return received && sent ? "both" : received ? "rx" : "tx";
        }
    }
}
