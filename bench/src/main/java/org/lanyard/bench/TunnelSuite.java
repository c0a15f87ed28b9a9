package org.lanyard.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** TCP in a tunnel from card to card, between two network namespaces. */
final class TunnelSuite implements Suite {
    private static final String STANDARD = "TCP throughput (RFC 6349)";
    private static final List<String> TUNNELS = List.of("VXLAN", "GRE", "IPIP");
    private static final double AIM = 0.3;
    private static final String TWO_CARDS =
            """
            [switch]
            name = "bench"

            [ports.one]
            packet = { interface = "portend0" }

            [ports.two]
            packet = { interface = "portend1" }
            """;

    private final Path root;
    private final Path scratch;
    private final Iperf iperf;

    /**
     * @param root of the clone
     * @param scratch for the tunnels' programs
     */
    TunnelSuite(Path root, Path scratch, Iperf iperf) {
        this.root = root;
        this.scratch = scratch;
        this.iperf = iperf;
    }

    @Override
    public List<Group> groups() {
        boolean isPossible =
                Namespace.isPossible()
                        && Commands.find("iperf3") != null
                        && Commands.find("tc") != null;
        List<Group> groups = new ArrayList<>();
        for (String tunnel : isPossible ? TUNNELS : List.<String>of()) {
            List<Candidate> candidates =
                    List.of(
                            new TapSwitch(new VethCards(new LanyardSwitch(root, TWO_CARDS))),
                            new TapSwitch(new VethBridge()));
            Trial trial =
                    new Trial(
                            id(tunnel),
                            "card to card, in " + tunnel,
                            STANDARD,
                            Placement.FREE,
                            List.of(),
                            Set.of(LanyardSwitch.NAME, TapBridge.NAME),
                            List.of(Metric.THROUGHPUT, Metric.CORES));
            Load load = new TunnelPair(iperf, tunnel, scratch);
            groups.add(new Group(id(tunnel), candidates, List.of(trial), load));
        }
        return groups;
    }

    private static String id(String tunnel) {
        return "tunnels-" + tunnel.toLowerCase(Locale.ROOT);
    }

    @Override
    public List<Target> targets() {
        return TUNNELS.stream()
                .map(t -> Target.against(id(t), TapBridge.NAME, Metric.THROUGHPUT, AIM))
                .toList();
    }
}
