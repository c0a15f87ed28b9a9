package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

class HelpTest {
    /** Every command and subcommand, the program itself first. */
    private static List<CommandLine> commands() {
        List<CommandLine> commands = new ArrayList<>(List.of(Lanyard.commandLine()));
        for (int i = 0; i < commands.size(); i++) {
            commands.addAll(commands.get(i).getSubcommands().values());
        }
        return commands;
    }

    private static String[] words(CommandLine command, String last) {
        String path = command.getCommandSpec().qualifiedName() + " " + last;
        return path.substring("lanyard ".length()).split(" ");
    }

    @Test
    void shouldKnowTheCommandsOfTheInterface() {
        List<String> names =
                commands().stream().map(c -> c.getCommandSpec().qualifiedName()).toList();
        for (String expected :
                List.of(
                        "run",
                        "start",
                        "stop",
                        "restart",
                        "reload",
                        "status",
                        "port list",
                        "port show",
                        "port set",
                        "events",
                        "capture",
                        "top",
                        "port add",
                        "port remove",
                        "config apply",
                        "config show",
                        "config diff",
                        "config check",
                        "config schema",
                        "fdb list",
                        "vlan list",
                        "mirror list",
                        "fdb add",
                        "fdb del",
                        "fdb flush",
                        "attach",
                        "mac",
                        "doctor",
                        "completion",
                        "demo")) {
            assertTrue(names.contains("lanyard " + expected), () -> expected + " not in " + names);
        }
    }

    @Test
    void shouldDescribeEveryCommandOptionAndParameter() {
        for (CommandLine command : commands()) {
            String name = command.getCommandSpec().qualifiedName();
            assertTrue(
                    command.getCommandSpec().usageMessage().description().length > 0,
                    () -> name + " has no description");
            for (OptionSpec option : command.getCommandSpec().options()) {
                assertTrue(
                        option.hidden() || option.description().length > 0,
                        () -> name + " " + option.longestName() + " has no description");
            }
            for (PositionalParamSpec word : command.getCommandSpec().positionalParameters()) {
                assertTrue(
                        word.description().length > 0,
                        () -> name + " " + word.paramLabel() + " has no description");
            }
        }
    }

    @Test
    void shouldHelpWithEveryCommand() {
        for (CommandLine command : commands()) {
            if (command.getCommandName().equals("help")) {
                continue;
            }
            Cli cli = Cli.run(words(command, "--help"));
            String name = command.getCommandSpec().qualifiedName();
            assertEquals(0, cli.exitCode(), name);
            assertTrue(cli.out().startsWith("Usage: " + name), cli::out);
            assertFalse(cli.out().contains("--detached"), "a matter of start and run alone");
        }
    }

    /** What has no subcommands, but for the help itself. */
    private static List<CommandLine> leaves() {
        return commands().stream()
                .filter(c -> c.getSubcommands().isEmpty() && !c.getCommandName().equals("help"))
                .filter(c -> !c.getCommandSpec().usageMessage().hidden())
                .toList();
    }

    @Test
    void shouldGiveExamplesThatCanBeTyped() {
        for (CommandLine command : leaves()) {
            String name = command.getCommandSpec().qualifiedName();
            String[] lines = command.getCommandSpec().usageMessage().footer();
            assertTrue(lines.length > 0, () -> name + " has no example");
            String help = Cli.run(words(command, "--help")).out();
            for (String line : lines) {
                String typed = line.replace("%%", "%").strip();
                assertTrue(typed.startsWith(name), typed);
                String unfolded = help.replaceAll("\\s+", " ");
                assertTrue(unfolded.contains(typed), () -> typed + " is not in " + help);
                List<String> words = shellWords(typed.replaceFirst(" [|>] .*", ""));
                // Throws where an option or a parameter is not as it should be.
                Lanyard.commandLine()
                        .parseArgs(words.subList(1, words.size()).toArray(new String[0]));
            }
        }
    }

    private static List<String> shellWords(String line) {
        Matcher word = Pattern.compile("'([^']*)'|(\\S+)").matcher(line);
        List<String> words = new ArrayList<>();
        while (word.find()) {
            words.add(word.group(1) == null ? word.group(2) : word.group(1));
        }
        return words;
    }

    @Test
    void shouldTellTheExitCodes() {
        String out = Cli.run("--help").out().replaceAll("\\s+", " ");
        assertTrue(
                out.contains(
                        "Exit codes: 0 done, 1 failed, 2 usage, 3 no such running switch, 4 invalid"
                                + " configuration"),
                out);
    }

    @Test
    void shouldLetEveryCommandThatIsAboutASwitchNameIt() {
        for (String path :
                List.of(
                        "run",
                        "start",
                        "stop",
                        "restart",
                        "reload",
                        "status",
                        "port list",
                        "port show",
                        "port set",
                        "events",
                        "capture",
                        "top",
                        "port add",
                        "port remove",
                        "config apply",
                        "config show",
                        "config diff",
                        "fdb list",
                        "vlan list",
                        "mirror list",
                        "fdb add",
                        "fdb del",
                        "fdb flush",
                        "attach")) {
            String out = Cli.run((path + " --help").split(" ")).out();
            assertTrue(out.contains("--name=NAME") && out.contains("--runtime-dir=DIR"), out);
        }
    }

    @Test
    void shouldSuggestTheCommandThatWasMeant() {
        assertTrue(Cli.run("stats").err().contains("lanyard status"));
        assertTrue(Cli.run("restat").err().contains("lanyard restart"));
    }

    @Test
    void shouldTellItsVersion() {
        String out = Cli.run("--version").out();
        assertTrue(out.matches("lanyard [0-9]+\\.[0-9]+\\.[0-9]+\\S*\n"), out);
    }
}
