package org.lanyard.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.lanyard.config.ConfigDiff;
import org.lanyard.config.ConfigError;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.SwitchConfig;
import org.tomlj.Toml;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "config",
        description = "Check a configuration file, compare it with a running switch's, apply it.",
        subcommands = {
            ConfigCommand.CheckFile.class,
            ConfigCommand.ShowConfig.class,
            ConfigCommand.DiffFile.class,
            ConfigCommand.ApplyFile.class,
            ConfigCommand.PrintSchema.class
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

        @Option(names = "--json", description = "as JSON, which lists the errors")
        private boolean json;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                List<ConfigError> errors = errors();
                ObjectNode answer = new ObjectMapper().createObjectNode();
                answer.put("file", file.toString()).put("good", errors.isEmpty());
                answer.set("errors", new ObjectMapper().valueToTree(errors));
                out.println(answer.toPrettyString());
                out.flush();
                return errors.isEmpty() ? ExitCode.DONE : ExitCode.INVALID_CONFIG;
            }
            SwitchConfig config = RunCommand.load(file, null);
            int ports = config.ports().size();
            out.printf(
                    "%s: good: switch %s, %d port%s%n",
                    file, config.name(), ports, ports == 1 ? "" : "s");
            out.flush();
            return ExitCode.DONE;
        }

        private List<ConfigError> errors() {
            try {
                ConfigParser.parse(file);
                return List.of();
            } catch (ConfigException e) {
                return e.errors();
            } catch (IOException e) {
                RunCommand.load(file, null); // says why it can't be read
                return List.of();
            }
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
                "~ what becomes another; (restart) what config apply can't change in one that runs."
            })
    static final class DiffFile extends ReadCommand {
        @Parameters(paramLabel = "FILE", description = "a TOML file")
        private Path file;

        @Override
        JsonNode ask(RpcClient client) {
            return difference(client, file);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            printChanges(answer, out);
        }
    }

    @Command(
            name = "apply",
            description = {
                "Let a running switch do what a file says, as a whole or not at all.",
                "Ports that stay keep their sockets, guests, addresses and counters."
            })
    static final class ApplyFile extends ReadCommand {
        @Parameters(
                paramLabel = "FILE",
                arity = "0..1",
                description = "a TOML file (default: the one that it runs with, as SIGHUP does)")
        private Path file;

        @Option(names = "--dry-run", description = "only tell what would change")
        private boolean dryRun;

        @Override
        JsonNode ask(RpcClient client) {
            if (file == null) {
                file = fileOf(client);
            }
            if (dryRun) {
                return difference(client, file);
            }
            return apply(client, file);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            printChanges(answer, out);
        }
    }

    @Command(
            name = "schema",
            description = {
                "Print what a configuration file may say, as JSON Schema, for editors.",
                "A file then begins with: #:schema ./lanyard.schema.json"
            })
    static final class PrintSchema implements Callable<Integer> {
        @Spec private CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            PrintWriter out = spec.commandLine().getOut();
            out.print(ConfigParser.schema());
            out.flush();
            return ExitCode.DONE;
        }
    }

    /**
     * @throws CommandFailure when the file is bad, or the switch refuses; nothing has changed then
     */
    static JsonNode apply(RpcClient client, Path file) {
        RunCommand.load(file, null); // a bad file is told as one, before the switch sees it
        try {
            ObjectNode params = client.params().put("toml", Files.readString(file));
            params.put("file", file.toAbsolutePath().normalize().toString());
            return client.call("config.apply", params);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.INVALID_CONFIG, file + ": " + e.getMessage());
        }
    }

    /** The one that the switch runs with. */
    static Path fileOf(RpcClient client) {
        String file = client.call("config.show").path("file").asText("");
        if (file.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "the switch runs without a file; name one to apply");
        }
        return Path.of(file);
    }

    /** Between what runs and a file, which must be good. */
    private static JsonNode difference(RpcClient client, Path file) {
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
        return new ObjectMapper().valueToTree(ConfigDiff.between(is, becomes));
    }

    static void printChanges(JsonNode answer, PrintWriter out) {
        for (JsonNode change : answer) {
            out.println(
                    new ConfigDiff.Change(
                            text(change, "table"),
                            text(change, "key"),
                            text(change, "is"),
                            text(change, "becomes"),
                            change.path("restart").asBoolean()));
        }
        if (answer.isEmpty()) {
            out.println("the switch runs with just that");
        }
    }

    private static String text(JsonNode change, String key) {
        return change.path(key).isNull() ? null : change.path(key).asText();
    }
}
