package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

@Command(
        name = "reload",
        description = {
            "Apply the changed configuration file of a running switch, as SIGHUP does:",
            "as a whole or not at all. Ports that stay keep guests, addresses and counters."
        })
final class ReloadCommand extends ReadCommand {
    @Override
    JsonNode ask(RpcClient client) {
        return ConfigCommand.apply(client, ConfigCommand.fileOf(client));
    }

    @Override
    void print(JsonNode answer, PrintWriter out) {
        ConfigCommand.printChanges(answer, out);
    }
}
