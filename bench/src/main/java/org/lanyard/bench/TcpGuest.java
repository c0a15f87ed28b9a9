package org.lanyard.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A synthetic guest's TCP to a host behind a TAP, or with {@code --receive} in the trial, back.
 *
 * @param guest the program
 * @param host the program at the other end
 * @param warmup seconds that do not count
 * @param seconds of the window
 */
record TcpGuest(Path guest, Path host, double warmup, double seconds) implements Load {
    static final String RECEIVE = "--receive";

    // The services of RFC 863 and RFC 864.
    private static final int DISCARD = 9;
    private static final int CHARGEN = 19;

    private static final int PATIENCE_SECONDS = 45;
    private static final ObjectMapper JSON = new ObjectMapper();

    static TcpGuest of(Natives natives, boolean quick) {
        return new TcpGuest(natives.tcpGuest(), natives.tcpHost(), 1, quick ? 1 : 3);
    }

    @Override
    public String words() {
        return String.format(
                Locale.ROOT,
                "guest to TAP: a synthetic guest's TCP (bench/src/main/c/tcpguest.c) to the kernel's"
                        + " in a network namespace, MTU 1500, %.1f s of warm-up, %.1f s of window",
                warmup,
                seconds);
    }

    @Override
    public Load brief() {
        return new TcpGuest(guest, host, 0, 1);
    }

    @Override
    public Attached attach(Candidate.Running candidate) throws IOException {
        Namespace namespace = TapLab.hosts(candidate.target()).get(0);
        Process discard = serve(namespace, DISCARD, "discard");
        Process chargen = serve(namespace, CHARGEN, "chargen");
        return new Attached() {
            @Override
            public Measurement measure(Trial trial) throws IOException, InterruptedException {
                boolean receives = trial.load().contains(RECEIVE);
                List<String> command = command(trial, candidate, receives ? CHARGEN : DISCARD);
                List<Long> watched = List.of(candidate.pid(), running(discard), running(chargen));
                CpuTime before = CpuTime.now(watched);
                int limit = (int) (warmup + seconds) + PATIENCE_SECONDS;
                JsonNode said = JSON.readTree(Commands.output(limit, command));
                CpuTime spent = CpuTime.now(watched).minus(before);
                return Measurement.throughput(
                        said.required("bits_per_second").asDouble(),
                        said.required("damaged").asLong(),
                        spent.candidateCores(),
                        spent.othersCores());
            }

            @Override
            public void close() {
                Commands.end(discard);
                Commands.end(chargen);
            }
        };
    }

    /** What ended at once, for want of its port, is told by the guest, which finds nobody there. */
    private static long running(Process process) {
        return process.isAlive() ? process.pid() : 0;
    }

    private Process serve(Namespace namespace, int port, String service) throws IOException {
        List<String> command = List.of(host.toString(), Integer.toString(port), service);
        return new ProcessBuilder(namespace.inside(command)).inheritIO().start();
    }

    private List<String> command(Trial trial, Candidate.Running candidate, int port) {
        List<String> command = new ArrayList<>(List.of(guest.toString()));
        command.addAll(List.of("--target", TapLab.guests(candidate.target())));
        command.addAll(List.of("--own", TapLab.guestAddress(), "--host", TapLab.address(0)));
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(List.of("--warmup", Double.toString(warmup)));
        command.addAll(List.of("--seconds", Double.toString(seconds)));
        command.addAll(trial.load());
        return command;
    }
}
