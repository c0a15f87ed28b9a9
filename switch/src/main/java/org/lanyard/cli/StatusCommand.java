package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Command;

@Command(name = "status", description = "Show a running switch: ports, frames, addresses.")
final class StatusCommand extends ReadCommand {
    @Override
    JsonNode ask(RpcClient client) {
        return client.call("status");
    }

    @Override
    void print(JsonNode status, PrintWriter out) {
        JsonNode ports = status.path("ports");
        JsonNode fdb = status.path("fdb");
        out.printf(
                "switch     %s %s, pid %d, up %s%n",
                status.path("name").asText(),
                status.path("version").asText(),
                status.path("pid").asLong(),
                uptime(status.path("uptime").asLong()));
        out.printf("runtime    %s%n", status.path("runtime_dir").asText());
        out.printf(
                "ports      %d up, %d down, %d listening%n",
                ports.path("up").asLong(),
                ports.path("down").asLong(),
                ports.path("listening").asLong());
        out.printf(
                "received   %,d frames, %,d bytes%n",
                status.path("rx_packets").asLong(), status.path("rx_bytes").asLong());
        out.printf(
                "sent       %,d frames, %,d bytes%n",
                status.path("tx_packets").asLong(), status.path("tx_bytes").asLong());
        out.printf("dropped    %s%n", PortCommand.drops(status.path("drops")));
        JsonNode ended = status.path("control").path("ended");
        if (!ended.isEmpty()) { // somebody tries what he may not
            out.printf(
                    "clients    %d, and ended: %s%n",
                    status.path("control").path("clients").asLong(), PortCommand.drops(ended));
        }
        out.printf(
                "addresses  %d of %d%n", fdb.path("size").asLong(), fdb.path("capacity").asLong());
    }

    static String uptime(long seconds) {
        Duration time = Duration.ofSeconds(seconds);
        return time.toDays() > 0
                ? String.format("%dd %dh", time.toDays(), time.toHoursPart())
                : String.format(
                        "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }
}
