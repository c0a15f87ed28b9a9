package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lanyard.tapio.BpfTunnel;

/**
 * TCP in a tunnel between two network namespaces of this host.
 *
 * @param tunnel VXLAN, or a kind of {@link BpfTunnel}, for which the kernel need not have a device
 * @param scratch where its programs are written
 */
record TunnelPair(Iperf iperf, String tunnel, Path scratch) implements Load {
    private static final String VXLAN = "VXLAN";

    @Override
    public String words() {
        return String.format(
                "tunnels: iperf3 over TCP in %s between two network namespaces of this kernel, MTU"
                        + " 1500, %d s that do not count, %d s of window",
                tunnel, iperf.warmup(), iperf.seconds());
    }

    @Override
    public Load brief() {
        return new TunnelPair(new Iperf(1, 1), tunnel, scratch);
    }

    private static String inner(int end) {
        return "10.78.0." + (end + 1);
    }

    @Override
    public Attached attach(Candidate.Running candidate) throws IOException, InterruptedException {
        List<Namespace> ends = TapLab.hosts(candidate.target());
        for (int i = 0; i < 2; i++) {
            if (!ends.get(i).has("inner0")) {
                lay(ends.get(i), i);
            }
        }
        Host client = new NamespaceHost(ends.get(0));
        Host server = new NamespaceHost(ends.get(1));
        try {
            server.serve();
            Iperf.await(client, inner(1));
            return new HostPair(iperf, candidate.pid(), client, server, inner(1));
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** The interface {@code inner0} has the address in the tunnel, and tells that it is laid. */
    private void lay(Namespace place, int end) throws IOException, InterruptedException {
        String local = TapLab.address(end);
        String remote = TapLab.address(1 - end);
        if (tunnel.equals(VXLAN)) {
            String way = " local " + local + " remote " + remote;
            place.ip("link add inner0 type vxlan id 42 dstport 4789" + way);
            place.ip("address add " + inner(end) + "/24 dev inner0");
            place.ip("link set inner0 up");
            return;
        }
        place.ip("link add inner0 type bridge");
        place.ip("address add " + inner(end) + "/32 dev inner0");
        place.ip("link set inner0 up");
        String device = TapLab.ENDS.get(end);
        String way = " dev " + device + " via " + remote + " src " + inner(end) + " mtu 1450";
        place.ip("route add " + inner(1 - end) + "/32" + way);
        Path programs = Files.createTempDirectory(scratch, "tunnel");
        BpfTunnel.Kind kind = BpfTunnel.Kind.valueOf(tunnel);
        BpfTunnel half = new BpfTunnel(kind, local, remote, inner(1 - end));
        for (List<String> command : half.commands(programs, device)) {
            Commands.output(20, place.inside(command));
        }
    }
}
