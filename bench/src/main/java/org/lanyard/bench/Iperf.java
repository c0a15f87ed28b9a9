package org.lanyard.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;

/**
 * TCP from one host to another, as iperf3 finds it; with {@code -R} in the trial, back.
 *
 * @param warmup seconds that do not count: TCP begins slowly
 * @param seconds of the window
 */
record Iperf(int warmup, int seconds) {
    private static final int PATIENCE_SECONDS = 45;
    private static final int REACHED_SECONDS = 20;
    private static final int ATTEMPTS = 4;
    private static final int PAUSE_MILLIS = 500;
    private static final String HUNG_UP = "unable to receive control message";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Waits until the other end answers, and iperf3 there. */
    static void await(Host client, String address) throws IOException, InterruptedException {
        // A link that has just come up may lose the first frames; a server may still be starting.
        client.run(
                "n=0; until ping -c 1 -W 1 "
                        + address
                        + " && iperf3 -c "
                        + address
                        + " -n 1K; do n=$((n + 1)); [ $n -lt 20 ] || exit 1; sleep 0.2; done",
                REACHED_SECONDS + PATIENCE_SECONDS);
    }

    /**
     * @param watched processes that have a part in it, the candidate's first; 0 for none
     */
    Measurement measure(Trial trial, Host client, String address, List<Long> watched)
            throws IOException, InterruptedException {
        String command =
                String.format(
                        "iperf3 -c %s -J -i 0 -O %d -t %d %s || true",
                        address, warmup, seconds, String.join(" ", trial.load()));
        CpuTime before = CpuTime.now(watched);
        String said = client.run(command, warmup + seconds + PATIENCE_SECONDS);
        for (int i = 1; i < ATTEMPTS && said.contains(HUNG_UP); i++) {
            Thread.sleep(PAUSE_MILLIS); // the server has not done with the last run
            before = CpuTime.now(watched);
            said = client.run(command, warmup + seconds + PATIENCE_SECONDS);
        }
        CpuTime spent = CpuTime.now(watched).minus(before);
        double candidate = watched.get(0) == 0 ? Double.NaN : spent.candidateCores();
        return Measurement.throughput(bitsPerSecond(said), candidate, spent.othersCores());
    }

    /** What arrived, of iperf3's report; something may stand before that. */
    static double bitsPerSecond(String said) throws IOException {
        JsonNode report = JSON.readTree(said.substring(Math.max(0, said.indexOf('{'))));
        if (report.has("error")) {
            throw new IOException("iperf3: " + report.path("error").asText());
        }
        return report.path("end").path("sum_received").required("bits_per_second").asDouble();
    }
}
