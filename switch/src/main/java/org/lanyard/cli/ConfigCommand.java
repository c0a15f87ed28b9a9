package org.lanyard.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.lanyard.config.ConfigDiff;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.SwitchConfig;
import org.tomlj.Toml;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "config",
        description = "Check a configuration file, or compare it with a running switch's.",
        subcommands = {
            ConfigCommand.CheckFile.class,
            ConfigCommand.ShowConfig.class,
            ConfigCommand.DiffFile.class
        })
final class ConfigCommand {
    private ConfigCommand() {}

    @Command(
            name = "check",
            description = "Tell all that is wrong with a file, each with line and column.")
    static final class CheckFile implements Callable<Integer> {
        @Spec private CommandSpec spec;

        @Parameters(paramLabel = "FILE", description = "a TOML file")
        private Path file;

        @Override
        public Integer call() {
            SwitchConfig config = RunCommand.load(file, null);
            int ports = config.ports().size();
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "%s: good: switch %s, %d port%s%n",
                    file, config.name(), ports, ports == 1 ? "" : "s");
            out.flush();
            return ExitCode.DONE;
        }
    }

    @Command(
            name = "show",
            description = "What a running switch runs with: defaults, and what was set, included.")
    static final class ShowConfig extends ReadCommand {
        @Override
        JsonNode ask(RpcClient client) {
            ObjectNode answer = (ObjectNode) client.call("config.show");
            try {
                String keys = Toml.parse(answer.path("toml").asText()).toJson();
                answer.set("config", new ObjectMapper().readTree(keys));
            } catch (JsonProcessingException e) {
                throw new CommandFailure(ExitCode.FAILED, "config.show: " + e.getMessage());
            }
            return answer;
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.print(answer.path("toml").asText());
        }
    }

    @Command(
            name = "diff",
            description = {
                "What a file would change in a running switch: + what is new, - what goes,",
                "~ what becomes another. Changes of [switch] and of a port's kind need a restart;",
                "others can be made with: lanyard port set"
            })
    static final class DiffFile extends ReadCommand {
        @Parameters(paramLabel = "FILE", description = "a TOML file")
        private Path file;

        @Override
        JsonNode ask(RpcClient client) {
            String running = client.call("config.show").path("toml").asText();
            SwitchConfig is;
            try {
                is = ConfigParser.parse("running", running);
            } catch (ConfigException e) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "the switch runs with what this version can't read: " + e.getMessage());
            }
            SwitchConfig becomes = RunCommand.load(file, is.name());
            List<ConfigDiff.Change> changes = ConfigDiff.between(is, becomes);
            ArrayNode answer = client.params().arrayNode();
            changes.forEach(
                    change ->
                            answer.addObject()
                                    .put("table", change.table())
                                    .put("key", change.key())
                                    .put("is", change.is())
                                    .put("becomes", change.becomes()));
            return answer;
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            for (JsonNode change : answer) {
                out.println(
                        new ConfigDiff.Change(
                                text(change, "table"),
                                text(change, "key"),
                                text(change, "is"),
                                text(change, "becomes")));
            }
            if (answer.isEmpty()) {
                out.println("the switch runs with just that");
            }
        }

        private static String text(JsonNode change, String key) {
            return change.path(key).isNull() ? null : change.path(key).asText();
        }
    }
}
