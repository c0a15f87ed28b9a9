package org.lanyard.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** TCP from TAP to TAP, between two network namespaces. */
final class TapSuite implements Suite {
    private static final String STANDARD = "TCP throughput (RFC 6349)";
    private static final String FORTH = "taps-forth";
    private static final String BACK = "taps-back";
    private static final Set<String> NAMES =
            Set.of(
                    TapRelay.NAME,
                    LanyardSwitch.NAME,
                    VdeSwitch.NAME,
                    OpenVSwitch.NAME,
                    TapBridge.NAME);
    private static final String TWO_TAPS =
            """
            [switch]
            name = "bench"

            [ports.one]
            tap = { name = "end0" }

            [ports.two]
            tap = { name = "end1" }
            """;

    private final Path root;
    private final Path relay;
    private final Load load;

    /**
     * @param root of the clone
     * @param relay the program that is the floor
     */
    TapSuite(Path root, Path relay, Iperf iperf) {
        this.root = root;
        this.relay = relay;
        this.load = new NamespacePair(iperf);
    }

    @Override
    public List<Group> groups() {
        if (!Namespace.isPossible() || Commands.find("iperf3") == null) {
            return List.of();
        }
        List<Trial> trials =
                List.of(
                        trial(FORTH, "TAP to TAP", List.of()),
                        trial(BACK, "TAP to TAP, the other way", List.of("-R")));
        return List.of(new Group("taps", candidates(), trials, load));
    }

    private List<Candidate> candidates() {
        return List.of(
                new TapSwitch(new TapRelay(relay)),
                new TapSwitch(new LanyardSwitch(root, TWO_TAPS)),
                new TapSwitch(new VdeSwitch(32)),
                new TapSwitch(new OpenVSwitch()),
                new TapSwitch(new VethBridge()));
    }

    private static Trial trial(String id, String title, List<String> options) {
        List<Metric> metrics = List.of(Metric.THROUGHPUT, Metric.CORES);
        return new Trial(id, title, STANDARD, Placement.FREE, options, NAMES, metrics);
    }

    @Override
    public List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (String trial : List.of(FORTH, BACK)) {
            targets.add(Target.against(trial, TapRelay.NAME, Metric.THROUGHPUT, 0.85));
            targets.add(Target.against(trial, TapBridge.NAME, Metric.THROUGHPUT, 0.55));
            targets.add(Target.against(trial, VdeSwitch.NAME, Metric.THROUGHPUT, 2.5));
            targets.add(Target.against(trial, OpenVSwitch.NAME, Metric.THROUGHPUT, 2.5));
        }
        return targets;
    }
}
