package org.lanyard.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * What one run of the load generator or of iperf3 told. What was not measured is NaN.
 *
 * @param offered frames a second that the senders gave to the candidate
 * @param delivered frames a second that arrived, whole, where they were meant for
 * @param lossRatio frames that never arrived, of all that were due in the whole run, 0 to 1
 * @param reordered frames that came late or twice
 * @param flooded frames that reached a guest they were not meant for
 * @param damaged frames of a wrong length or contents
 * @param cores CPU time of the candidate per second
 * @param residentMib the candidate's resident memory in MiB, at the end
 * @param p50Micros median round-trip time in µs; NaN in other patterns
 * @param p99Micros 99th percentile of the same, of all samples
 * @param bitsPerSecond of TCP payload that arrived; NaN where no TCP ran
 * @param othersCores CPU time per second of all that had no part in the trial: noise
 */
record Measurement(
        double offered,
        double delivered,
        double lossRatio,
        long reordered,
        long flooded,
        long damaged,
        double cores,
        double residentMib,
        double p50Micros,
        double p99Micros,
        double bitsPerSecond,
        double othersCores) {

    /** Cores that others may use before a measurement says nothing. */
    static final double NOISY = 0.1;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What iperf3 finds: it counts no frames. */
    static Measurement throughput(double bitsPerSecond, double cores, double othersCores) {
        return throughput(bitsPerSecond, 0, cores, othersCores);
    }

    /** What a TCP finds that looks at each frame's checksums. */
    static Measurement throughput(
            double bitsPerSecond, long damaged, double cores, double othersCores) {
        double none = Double.NaN;
        return new Measurement(
                none,
                none,
                none,
                0,
                0,
                damaged,
                cores,
                none,
                none,
                none,
                bitsPerSecond,
                othersCores);
    }

    static Measurement parse(String line) throws IOException {
        JsonNode node = JSON.readTree(line);
        JsonNode trips = node.path("round_trip_ns");
        long lost = node.required("lost").asLong();
        long due = lost + node.required("received").asLong();
        return new Measurement(
                node.required("offered_pps").asDouble(),
                node.required("delivered_pps").asDouble(),
                due == 0 ? 0 : (double) lost / due,
                node.required("reordered").asLong(),
                node.required("flooded").asLong(),
                node.required("damaged").asLong(),
                node.path("switch_cpu").asDouble(Double.NaN),
                node.path("switch_rss_kib").asDouble(Double.NaN) / 1024,
                trips.path("p50").asDouble(Double.NaN) / 1000,
                trips.path("p99").asDouble(Double.NaN) / 1000,
                Double.NaN,
                node.path("others_cpu").asDouble(0));
    }
}
