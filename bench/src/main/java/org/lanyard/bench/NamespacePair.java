package org.lanyard.bench;

import java.io.IOException;
import java.util.List;

/** TCP between two network namespaces of this host. */
record NamespacePair(Iperf iperf) implements Load {
    @Override
    public String words() {
        return String.format(
                "taps: iperf3 over TCP between two network namespaces of this kernel, MTU 1500, %d"
                        + " s that do not count, %d s of window",
                iperf.warmup(), iperf.seconds());
    }

    @Override
    public Load brief() {
        return new NamespacePair(new Iperf(1, 1));
    }

    @Override
    public Attached attach(Candidate.Running candidate) throws IOException, InterruptedException {
        List<Namespace> ends = TapLab.hosts(candidate.target());
        Host client = new NamespaceHost(ends.get(0));
        Host server = new NamespaceHost(ends.get(1));
        String address = TapLab.address(1);
        try {
            server.serve();
            Iperf.await(client, address);
            return new HostPair(iperf, candidate.pid(), client, server, address);
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }
}
