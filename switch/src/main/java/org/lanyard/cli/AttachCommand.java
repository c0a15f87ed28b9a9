package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.lanyard.control.RuntimeDir;
import org.lanyard.frame.Mac;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "attach", description = "Print the QEMU arguments that plug a guest into a port.")
final class AttachCommand implements Callable<Integer> {
    enum Format {
        qemu
    }

    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Parameters(
            paramLabel = "PORT",
            arity = "0..1",
            defaultValue = "guests",
            description = "a listening port (default: ${DEFAULT-VALUE})")
    private String port;

    @Option(
            names = "--format",
            defaultValue = "qemu",
            description = "one of: ${COMPLETION-CANDIDATES}")
    private Format format;

    @Option(
            names = "--qemu",
            paramLabel = "PATH",
            description = "the QEMU to fit the arguments to (default: the one found)")
    private String qemu;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        print(out, target.dir(), port, QemuVersion.of(qemu));
        out.flush();
        return ExitCode.DONE;
    }

    /** For {@code start}: the arguments, indented under its own words. */
    static void example(PrintWriter out, RuntimeDir dir, String port) {
        out.println("  " + line(dir, port, QemuVersion.of(null)).replace("\n", "\n  "));
    }

    private static void print(PrintWriter out, RuntimeDir dir, String port, QemuVersion qemu) {
        out.println(line(dir, port, qemu));
    }

    private static String line(RuntimeDir dir, String name, QemuVersion qemu) {
        JsonNode port;
        try (RpcClient client = RpcClient.connect(dir)) {
            port = client.call("port.show", client.params().put("name", name));
        }
        if (!port.path("state").asText().equals("listening")) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "port " + name + " is no listening port, so no guest can connect to it");
        }
        String endpoint = port.path("endpoint").asText();
        String device = "\\\n-device virtio-net-pci,netdev=n0,mac=" + Mac.format(Mac.random());
        return qemu.netdev("n0", endpoint) + " " + device;
    }
}
