package org.lanyard.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** What each command's help ends with: a few of its uses, as one types them. */
final class Examples {
    private static final Map<String, List<String>> BY_COMMAND =
            Map.ofEntries(
                    Map.entry("run", List.of("lanyard run --config conf/two-vlans.toml")),
                    Map.entry(
                            "start",
                            List.of("lanyard start", "lanyard start --name lab --config lab.toml")),
                    Map.entry("stop", List.of("lanyard stop --name lab")),
                    Map.entry(
                            "restart",
                            List.of("lanyard restart", "lanyard restart --config lab.toml")),
                    Map.entry("reload", List.of("lanyard reload", "lanyard reload --name lab")),
                    Map.entry(
                            "status",
                            List.of("lanyard status", "lanyard status --json | jq .drops")),
                    Map.entry(
                            "port list",
                            List.of(
                                    "lanyard port list",
                                    "lanyard port list --json | jq -r '.[].name'")),
                    Map.entry("port show", List.of("lanyard port show guests/1")),
                    Map.entry(
                            "port set",
                            List.of(
                                    "lanyard port set web 'impair = { loss = \"1%\", delay ="
                                            + " \"20ms\" }'",
                                    "lanyard port set web isolated=true --unset impair,limit",
                                    "lanyard port set web 'vlan = { access = 10 }'")),
                    Map.entry(
                            "port add",
                            List.of(
                                    "lanyard port add web 'stream = { listen = \"unix:web.sock\" }'",
                                    "lanyard port add host 'tap = { name = \"lan0\" }'"
                                            + " isolated=true")),
                    Map.entry("port remove", List.of("lanyard port remove web")),
                    Map.entry(
                            "fdb list",
                            List.of(
                                    "lanyard fdb list",
                                    "lanyard fdb list --json | jq -r '.[].mac'")),
                    Map.entry(
                            "fdb add", List.of("lanyard fdb add 52:54:00:12:34:56 web --vlan 10")),
                    Map.entry("fdb del", List.of("lanyard fdb del 52:54:00:12:34:56")),
                    Map.entry(
                            "fdb flush",
                            List.of("lanyard fdb flush", "lanyard fdb flush --port web/1")),
                    Map.entry("vlan list", List.of("lanyard vlan list")),
                    Map.entry("mirror list", List.of("lanyard mirror list")),
                    Map.entry(
                            "events",
                            List.of("lanyard events", "lanyard events --count 1 | jq .event")),
                    Map.entry(
                            "capture",
                            List.of(
                                    "lanyard capture web/1",
                                    "lanyard capture -w - | tshark -r -",
                                    "lanyard capture web host -w web.pcapng --vlan 10 --count"
                                            + " 1000")),
                    Map.entry("top", List.of("lanyard top", "lanyard top --count 1 --json")),
                    Map.entry("config check", List.of("lanyard config check lab.toml")),
                    Map.entry(
                            "config show",
                            List.of("lanyard config show", "lanyard config show > lab.toml")),
                    Map.entry(
                            "config schema",
                            List.of("lanyard config schema > lanyard.schema.json")),
                    Map.entry("config diff", List.of("lanyard config diff lab.toml")),
                    Map.entry(
                            "config apply",
                            List.of(
                                    "lanyard config apply lab.toml --dry-run",
                                    "lanyard config apply lab.toml")),
                    Map.entry(
                            "attach",
                            List.of(
                                    "lanyard attach",
                                    "lanyard attach web --model e1000",
                                    "lanyard attach lab --format libvirt --qemu"
                                            + " /usr/bin/qemu-system-x86_64")),
                    Map.entry("mac", List.of("lanyard mac")),
                    Map.entry(
                            "completion",
                            List.of(
                                    "lanyard completion bash >"
                                            + " ~/.local/share/bash-completion/completions/lanyard")),
                    Map.entry("doctor", List.of("lanyard doctor", "lanyard doctor --json")),
                    Map.entry("demo", List.of("lanyard demo --yes")));

    private Examples() {}

    /** Puts them into the help of the program's commands. */
    static void addTo(CommandLine program) {
        String root = program.getCommandName() + " ";
        List<CommandLine> commands = new ArrayList<>(program.getSubcommands().values());
        for (int i = 0; i < commands.size(); i++) {
            CommandLine command = commands.get(i);
            commands.addAll(command.getSubcommands().values());
            String name = command.getCommandSpec().qualifiedName().substring(root.length());
            List<String> lines = BY_COMMAND.get(name);
            if (lines != null) {
                // A '%' is picocli's own otherwise.
                command.getCommandSpec()
                        .usageMessage()
                        .footerHeading("%nExamples:%n")
                        .footer(
                                lines.stream()
                                        .map(line -> "  " + line.replace("%", "%%"))
                                        .toArray(String[]::new));
            }
        }
    }
}
