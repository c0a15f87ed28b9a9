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
            Set.of(LanyardSwitch.NAME, VdeSwitch.NAME, OpenVSwitch.NAME, TapBridge.NAME);
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
    private final Load load;

    /**
     * @param root of the clone
     */
    TapSuite(Path root, Iperf iperf) {
        this.root = root;
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
            for (String rival : List.of(VdeSwitch.NAME, OpenVSwitch.NAME, TapBridge.NAME)) {
                targets.add(Target.told(trial, rival, Metric.THROUGHPUT));
            }
        }
        return targets;
    }
}
