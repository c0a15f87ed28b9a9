package org.lanyard.bench;

import java.io.IOException;
import java.util.List;

/**
 * Two hosts at a candidate's ends.
 *
 * @param candidate its process, or 0
 * @param address the server's
 */
record HostPair(Iperf iperf, long candidate, Host client, Host server, String address)
        implements Load.Attached {
    @Override
    public Measurement measure(Trial trial) throws IOException, InterruptedException {
        List<Long> watched = List.of(candidate, client.pid(), server.pid());
        return iperf.measure(trial, client, address, watched);
    }

    @Override
    public void close() throws IOException {
        try (server) {
            client.close();
        }
    }
}
