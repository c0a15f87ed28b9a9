package org.lanyard.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "capture",
        description = {
            "Show the frames that pass the ports of a running switch, until Ctrl-C.",
            "",
            "A frame is seen inbound as the port received it, and outbound as it leaves.",
            "",
            "  lanyard capture -w - | tshark -r -",
            "  lanyard capture web/1 host --vlan 10 --count 100 -w lab.pcapng"
        })
final class CaptureCommand implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";

    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Parameters(
            paramLabel = "PORT",
            description = "web/1, or web for all its guests, those to come too; default: all")
    private List<String> ports = List.of();

    @Option(
            names = {"-w", "--write"},
            paramLabel = "FILE",
            description = "write pcapng there; - for standard output")
    private String file;

    @Option(names = "--vlan", paramLabel = "V", description = "only frames in this VLAN")
    private Integer vlan;

    @Option(names = "--count", paramLabel = "N", description = "end after so many frames")
    private Long count;

    @Option(
            names = "--snap",
            paramLabel = "BYTES",
            description = "keep so many of each frame (default: all)")
    private Integer snap;

    private long frames;
    private long missed;

    /** Where a capture goes, piece by piece. */
    private interface Sink extends AutoCloseable {
        /**
         * @return false when nobody reads it any more
         */
        boolean take(byte[] pcapng) throws IOException;

        @Override
        default void close() throws IOException {}
    }

    @Override
    public Integer call() throws IOException {
        if (STANDARD_OUTPUT.equals(file) && Terminal.isStandardOutput()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "a terminal can't show pcapng: use -w FILE, or lanyard capture -w - | tshark -r"
                            + " -");
        }
        try (RpcClient client = RpcClient.connect(target.dir())) {
            ObjectNode params = client.params().put("vlan", vlan).put("count", count);
            params.put("snap", snap);
            ports.forEach(params.putArray("ports")::add);
            client.call("capture", params);
            Signals signals = Signals.onEnd(() -> client.tell("capture.stop"));
            try (Sink sink = sink()) {
                receive(client, sink);
            } finally {
                signals.close();
            }
        }
        PrintWriter err = spec.commandLine().getErr();
        err.printf("%,d frames captured, %,d missed%n", frames, missed);
        err.flush();
        return ExitCode.DONE;
    }

    private void receive(RpcClient client, Sink sink) throws IOException {
        boolean over = false;
        while (!over) {
            byte[] line = client.nextLine();
            if (line == null) {
                throw new CommandFailure(
                        ExitCode.FAILED, "the switch is gone; the capture ends without its counts");
            }
            CapturePiece piece = CapturePiece.read(line);
            frames = piece.frames();
            missed = piece.missed();
            over = !sink.take(piece.data()) || piece.isLast();
        }
    }

    private Sink sink() throws IOException {
        if (file == null) {
            PrintWriter out = spec.commandLine().getOut();
            FrameLines lines = new FrameLines(out);
            return pcapng -> {
                lines.print(pcapng);
                return !out.checkError();
            };
        }
        if (file.equals(STANDARD_OUTPUT)) {
            OutputStream out = new FileOutputStream(FileDescriptor.out);
            return pcapng -> {
                try {
                    out.write(pcapng);
                    return true;
                } catch (IOException e) {
                    return false; // whoever read it has gone
                }
            };
        }
        FileOutputStream out = new FileOutputStream(file);
        return new Sink() {
            @Override
            public boolean take(byte[] pcapng) throws IOException {
                out.write(pcapng);
                return true;
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }
}
