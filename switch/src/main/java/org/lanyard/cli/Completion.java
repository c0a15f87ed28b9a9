package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.lanyard.control.RuntimeDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What can come next on a command line: subcommands and options from the commands' own model, ports
 * and VLANs from the running switch. What can't be found out is left out, without a word.
 */
final class Completion {
    /** The shell is to offer names of files. */
    static final String FILES = ":files";

    private final List<String> done;
    private final String current;
    private final List<String> lines = new ArrayList<>();

    /** Which switch the words are about, as far as they say. */
    private String name;

    private Path runtimeDir;

    /**
     * @param words behind the program's name; the last is being written and may be empty
     */
    Completion(List<String> words) {
        int last = words.size() - 1;
        this.done = last < 0 ? List.of() : words.subList(0, last);
        this.current = last < 0 ? "" : words.get(last);
    }

    /** Each a word, a tab, and what it is; or {@link #FILES}. */
    List<String> lines() {
        CommandSpec command = Lanyard.quick(done.toArray(String[]::new)).getCommandSpec();
        OptionSpec open = null;
        int position = 0;
        for (String word : done) {
            CommandLine sub = command.subcommands().get(word);
            if (open != null) {
                note(open, word);
                open = null;
            } else if (word.startsWith("-")) {
                open = option(command, word);
            } else if (sub != null && position == 0) {
                command = sub.getCommandSpec();
            } else {
                position++;
            }
        }
        if (open != null) {
            values(command, open, "");
        } else if (current.startsWith("--") && current.contains("=")) {
            String option = current.substring(0, current.indexOf('='));
            values(command, command.findOption(option), option + "=");
        } else if (current.startsWith("-")) {
            options(command);
        } else if (position == 0 && !command.subcommands().isEmpty()) {
            subcommands(command);
        } else {
            values(command, positional(command, position), "");
        }
        return lines;
    }

    /** The option that waits for its value in the next word, or null. */
    private OptionSpec option(CommandSpec command, String word) {
        int equals = word.indexOf('=');
        OptionSpec option = command.findOption(equals < 0 ? word : word.substring(0, equals));
        if (option == null || option.arity().max() == 0) {
            return null;
        }
        if (equals >= 0) {
            note(option, word.substring(equals + 1));
            return null;
        }
        return option;
    }

    private void note(OptionSpec option, String value) {
        switch (option.longestName()) {
            case "--name" -> name = value;
            case "--runtime-dir" -> runtimeDir = Path.of(value);
            default -> {}
        }
    }

    private static PositionalParamSpec positional(CommandSpec command, int position) {
        for (PositionalParamSpec word : command.positionalParameters()) {
            if (word.index().contains(position)) {
                return word;
            }
        }
        return null;
    }

    private void options(CommandSpec command) {
        for (OptionSpec option : command.options()) {
            boolean used = done.contains(option.longestName()) && !option.isMultiValue();
            if (!option.hidden() && !used) {
                offer(option.longestName(), first(option.description()));
            }
        }
    }

    private void subcommands(CommandSpec command) {
        command.subcommands()
                .forEach(
                        (word, sub) -> {
                            var usage = sub.getCommandSpec().usageMessage();
                            if (!usage.hidden()) {
                                offer(word, first(usage.description()));
                            }
                        });
    }

    private void values(CommandSpec command, ArgSpec arg, String prefix) {
        if (arg == null) {
            return;
        }
        if (arg.completionCandidates() != null) {
            arg.completionCandidates().forEach(value -> offer(prefix + value, ""));
            return;
        }
        if (arg.type() == Path.class) {
            lines.add(FILES);
            return;
        }
        boolean inPort = command.parent() != null && command.parent().name().equals("port");
        switch (arg.paramLabel()) {
            case "PORT", "P" -> ports(prefix);
            case "V" -> vlans(prefix);
            case "MAC" -> addresses(prefix);
            case "NAME" -> {
                if (arg.isOption()) {
                    switches(prefix);
                } else if (inPort) {
                    ports(prefix);
                }
            }
            default -> {}
        }
    }

    private void ports(String prefix) {
        for (JsonNode port : ask("port.list")) {
            String state = port.path("kind").asText() + ", " + port.path("state").asText();
            offer(prefix + port.path("name").asText(), state);
        }
    }

    private void vlans(String prefix) {
        for (JsonNode range : ask("vlan.list")) {
            int first = range.path("first").asInt();
            offer(prefix + first, "VLAN");
        }
    }

    private void addresses(String prefix) {
        for (JsonNode entry : ask("fdb.list")) {
            offer(prefix + entry.path("mac").asText(), "behind " + entry.path("port").asText());
        }
    }

    /** Those that have a directory beside this user's default one. */
    private void switches(String prefix) {
        Path base = RuntimeDir.ofName("any", System.getenv()).path().getParent();
        try (Stream<Path> dirs = Files.list(base)) {
            dirs.filter(dir -> Files.exists(dir.resolve("control.sock")))
                    .sorted()
                    .forEach(dir -> offer(prefix + dir.getFileName(), dir.toString()));
        } catch (IOException e) {
            // There is none.
        }
    }

    private Iterable<JsonNode> ask(String method) {
        try (RpcClient client = RpcClient.connect(new Target(name, runtimeDir).dir())) {
            return client.call(method);
        } catch (CommandFailure e) {
            return List.of();
        }
    }

    private void offer(String word, String what) {
        if (word.startsWith(current)) {
            lines.add(word + "\t" + what);
        }
    }

    private static String first(String[] description) {
        return description.length == 0 ? "" : description[0].replace("%%", "%").replace("%n", " ");
    }
}
