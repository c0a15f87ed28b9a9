package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
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
                        "status",
                        "port list",
                        "port show",
                        "port set",
                        "events",
                        "port add",
                        "port remove",
                        "config apply",
                        "config show",
                        "config diff",
                        "config check",
                        "fdb list",
                        "vlan list",
                        "mirror list",
                        "fdb add",
                        "fdb del",
                        "fdb flush",
                        "attach",
                        "mac",
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
                        "status",
                        "port list",
                        "port show",
                        "port set",
                        "events",
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
