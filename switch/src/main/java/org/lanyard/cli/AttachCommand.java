package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.lanyard.control.RuntimeDir;
import org.lanyard.frame.Ethernet;
import org.lanyard.frame.Mac;
import org.lanyard.guest.GuestException;
import org.lanyard.guest.Qemu;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "attach",
        description = "Print what plugs a guest into a port, for whatever starts the guest.")
final class AttachCommand implements Callable<Integer> {
    /** What is assumed when no QEMU is found: the oldest with {@code -netdev stream}. */
    private static final Qemu.Version OLDEST_WITH_STREAM = new Qemu.Version(7, 2, 0);

    private static final String NETDEV = "n0";
    private static final String MODEL = "virtio-net-pci";

    enum Format {
        qemu(GuestPlug::forQemu),
        nic(GuestPlug::forNic),
        libvirt(GuestPlug::forLibvirt),
        lima(GuestPlug::forLima),
        vagrant(GuestPlug::forVagrant);

        private final Function<GuestPlug, String> text;

        Format(Function<GuestPlug, String> text) {
            this.text = text;
        }
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
            paramLabel = "FORMAT",
            defaultValue = "qemu",
            description = {
                "one of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE});",
                "nic is QEMU's -nic, for tools that pass on nothing else"
            })
    private Format format;

    @Option(
            names = "--qemu",
            paramLabel = "PATH",
            description = "the QEMU to fit it to (default: the one found)")
    private Path qemu;

    @Option(
            names = "--model",
            paramLabel = "DEVICE",
            defaultValue = MODEL,
            description = "the guest's network card (default: ${DEFAULT-VALUE})")
    private String model;

    @Option(
            names = "--mac",
            paramLabel = "ADDRESS",
            description = "its address (default: a fresh one)")
    private String mac;

    @Option(
            names = "--id",
            paramLabel = "ID",
            defaultValue = NETDEV,
            description =
                    "QEMU's name of the netdev, one for each card of a guest"
                            + " (default: ${DEFAULT-VALUE})")
    private String id;

    @Option(names = "--json", description = "as JSON; arguments are QEMU's in any format")
    private boolean json;

    @Override
    public Integer call() {
        GuestPlug plug =
                new GuestPlug(
                        versionOf(qemu), endpoint(target.dir(), port), id, model, checked(mac));
        PrintWriter out = spec.commandLine().getOut();
        String text = format.text.apply(plug);
        out.println(json ? asJson(plug, text).toPrettyString() : text);
        out.flush();
        return ExitCode.DONE;
    }

    private JsonNode asJson(GuestPlug plug, String text) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("port", port);
        answer.put("endpoint", plug.endpoint()).put("mac", plug.mac());
        answer.put("qemu", plug.qemu().toString());
        plug.arguments().forEach(answer.putArray("arguments")::add);
        return answer.put("format", format.name()).put("text", text);
    }

    /** For {@code start}: the arguments, indented under its own words. */
    static void example(PrintWriter out, RuntimeDir dir, String port, Qemu.Version version) {
        String mac = Mac.format(Mac.random());
        GuestPlug plug = new GuestPlug(version, endpoint(dir, port), NETDEV, MODEL, mac);
        out.println("  " + plug.forQemu().replace("\n", "\n  "));
    }

    /** Of the QEMU that is found, or the oldest that may be: it takes a tenth of a second. */
    static Qemu.Version anyVersion() {
        return versionOf(null);
    }

    /** The one that the user gave, or one that is found, or the oldest that may be. */
    private static Qemu.Version versionOf(Path given) {
        try {
            return given != null
                    ? Qemu.at(given).version()
                    : Qemu.any().map(Qemu::version).orElse(OLDEST_WITH_STREAM);
        } catch (GuestException e) {
            throw new CommandFailure(ExitCode.FAILED, given + " does not tell a QEMU version");
        }
    }

    private static String endpoint(RuntimeDir dir, String name) {
        JsonNode port;
        try (RpcClient client = RpcClient.connect(dir)) {
            port = client.call("port.show", client.params().put("name", name));
        }
        if (!port.path("state").asText().equals("listening")) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "port " + name + " is no listening port, so no guest can connect to it");
        }
        return port.path("endpoint").asText();
    }

    private static String checked(String mac) {
        try {
            long address = mac == null ? Mac.random() : Mac.parse(mac);
            if (Ethernet.isGroup(address)) {
                throw new IllegalArgumentException("'" + mac + "' is a group's, not a card's");
            }
            return Mac.format(address);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--mac: " + e.getMessage());
        }
    }
}
