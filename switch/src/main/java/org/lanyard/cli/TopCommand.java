package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "top",
        description = {
            "Show what each port of a running switch does, the busiest first, until q or Ctrl-C.",
            "",
            "Where standard output is no terminal, one table for each interval."
        })
final class TopCommand implements Callable<Integer> {
    private static final double SHORTEST = 0.1;
    private static final double LONGEST = 86_400;
    private static final double NANOS = 1e9;
    private static final double TENTHS = 10;

    @Spec private CommandSpec spec;
    @Mixin private Target target;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "between two looks (default: ${DEFAULT-VALUE})")
    private double interval = 1;

    @Option(names = "--count", paramLabel = "N", description = "end after so many intervals")
    private long count = Long.MAX_VALUE;

    @Option(names = "--json", description = "one JSON object for each interval")
    private boolean json;

    /** Reaches zero when a signal asks for the end. */
    private final CountDownLatch end = new CountDownLatch(1);

    private PrintWriter out;
    private RpcClient client;

    // The last look.
    private JsonNode ports;
    private long lookedAt;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(interval >= SHORTEST && interval <= LONGEST)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Invalid value for option '--interval': from 0.1 to 86400 seconds");
        }
        out = spec.commandLine().getOut();
        try (RpcClient connected = RpcClient.connect(target.dir())) {
            client = connected;
            Signals signals = Signals.onEnd(end::countDown);
            try {
                if (!json && Terminal.isStandardOutput()) {
                    fillScreen();
                } else {
                    print();
                }
            } finally {
                signals.close();
            }
        }
        return ExitCode.DONE;
    }

    /** Looks at all ports; their rates since the last look, if there was one. */
    private List<Rates> look() {
        JsonNode before = ports;
        long since = lookedAt;
        ports = client.call("port.list");
        lookedAt = System.nanoTime();
        return Rates.between(before, ports, (lookedAt - since) / NANOS);
    }

    private void print() throws InterruptedException {
        look();
        long nanos = (long) (interval * NANOS);
        for (long i = 0; i < count && !end.await(nanos, TimeUnit.NANOSECONDS); i++) {
            long since = lookedAt;
            List<Rates> rates = look();
            JsonNode status = client.call("status");
            if (json) {
                out.println(json(status, rates, (lookedAt - since) / NANOS));
            } else {
                out.print(i > 0 ? System.lineSeparator() : "");
                new TopTable(status, rates).lines().forEach(out::println);
            }
            if (out.checkError()) {
                break; // whoever read it has gone
            }
        }
    }

    private void fillScreen() throws IOException {
        boolean colour = Terminal.ansi().enabled();
        try (Screen screen = Screen.take(out)) {
            for (long i = 0; i <= count; i++) {
                TopTable table = new TopTable(client.call("status"), look());
                screen.draw(table.lines(screen.size(), colour));
                if (isEndedWithin(interval, screen)) {
                    break;
                }
            }
        }
    }

    private boolean isEndedWithin(double seconds, Screen screen) throws IOException {
        long begun = System.nanoTime();
        do {
            int key = screen.key();
            if (key == 'q' || key == 'Q' || end.getCount() == 0) {
                return true;
            }
        } while (System.nanoTime() - begun < seconds * NANOS);
        return false;
    }

    private static ObjectNode json(JsonNode status, List<Rates> rates, double seconds) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.put("time", Instant.now().toString()).put("interval", rounded(seconds));
        all.set("name", status.path("name"));
        all.set("uptime", status.path("uptime"));
        all.putObject("fdb").set("size", status.path("fdb").path("size"));
        var list = all.putArray("ports");
        for (Rates port : rates) {
            ObjectNode row = list.addObject();
            row.put("name", port.name()).put("state", port.state()).put("known", port.isKnown());
            row.put("rx_packets_per_second", rounded(port.rxPackets()));
            row.put("rx_bits_per_second", rounded(port.rxBits()));
            row.put("tx_packets_per_second", rounded(port.txPackets()));
            row.put("tx_bits_per_second", rounded(port.txBits()));
            ObjectNode drops = row.putObject("drops_per_second");
            port.drops().forEach((reason, rate) -> drops.put(reason, rounded(rate)));
        }
        return all;
    }

    private static double rounded(double rate) {
        return Math.round(rate * TENTHS) / TENTHS;
    }
}
