package org.lanyard.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lanyard.control.RuntimeDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "stop", description = "End a running switch and remove its sockets.")
final class StopCommand implements Callable<Integer> {
    private static final long PATIENCE_SECONDS = 10;

    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Override
    public Integer call() throws Exception {
        RuntimeDir dir = target.dir();
        try {
            stop(dir);
        } catch (CommandFailure e) {
            if (e.exitCode() != ExitCode.NOT_RUNNING || !Supervision.end(dir)) {
                throw e;
            }
            // It has crashed, and was about to be started again.
        }
        spec.commandLine().getOut().println("switch stopped");
        return ExitCode.DONE;
    }

    /** Returns when the process has ended. */
    static void stop(RuntimeDir dir) throws Exception {
        long pid;
        try (RpcClient client = RpcClient.connect(dir)) {
            pid = client.call("status").path("pid").asLong();
            client.call("stop");
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isPresent()) {
            try {
                process.get().onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "the switch (pid "
                                + pid
                                + ") was told to stop and still runs after "
                                + PATIENCE_SECONDS
                                + " s; see "
                                + dir.log());
            }
        }
    }
}
