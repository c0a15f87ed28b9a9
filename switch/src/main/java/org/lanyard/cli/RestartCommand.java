package org.lanyard.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.lanyard.control.RuntimeDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "restart",
        description = "End a running switch and start it again with its configuration file.")
final class RestartCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "a TOML file (default: the one that it runs with)")
    private Path file;

    @Mixin private LogFormat.Choice logFormat;

    @Override
    public Integer call() throws Exception {
        RuntimeDir dir = target.dir();
        String name;
        Path config = file;
        List<String> log;
        try (RpcClient client = RpcClient.connect(dir)) {
            var status = client.call("status");
            name = status.path("name").asText();
            log = logFormat.wordsLike(status.path("pid").asLong());
            String running = status.path("config").asText("");
            if (config == null && !running.isEmpty()) {
                config = Path.of(running);
            }
        }
        if (config != null) {
            RunCommand.load(config, name); // a bad file must not end a good switch
        }
        dir.create(); // nor may one be stopped that we could not start again: it is another user's
        StopCommand.stop(dir);
        List<String> words = new ArrayList<>(List.of("start", "--name", name));
        words.addAll(List.of("--runtime-dir", dir.path().toString()));
        words.addAll(log);
        if (config != null) {
            words.addAll(List.of("--config", config.toString()));
        }
        CommandLine own = spec.commandLine();
        CommandLine start = Lanyard.quick("start").setOut(own.getOut()).setErr(own.getErr());
        return start.execute(words.toArray(String[]::new));
    }
}
