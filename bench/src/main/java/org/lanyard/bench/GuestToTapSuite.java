package org.lanyard.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** TCP between a guest and the host: what a TAP's offloads are for. */
final class GuestToTapSuite implements Suite {
    private static final String STANDARD = "TCP throughput (RFC 6349)";
    private static final String WITHOUT = "no offloads";
    private static final String BY_ONE = "guest-tap-1";
    private static final String BY_32 = "guest-tap-32";
    private static final String FLOWS = "guest-tap-flows";
    private static final String BACK = "tap-guest";
    private static final Set<String> ALL = Set.of(LanyardSwitch.NAME, WITHOUT, VdeSwitch.NAME);

    /** Not vde_switch, which loses frames here, and this TCP is slow to send them again. */
    private static final Set<String> LOSSLESS = Set.of(LanyardSwitch.NAME, WITHOUT);

    private final Path root;
    private final TcpGuest load;

    /**
     * @param root of the clone
     */
    GuestToTapSuite(Path root, TcpGuest load) {
        this.root = root;
        this.load = load;
    }

    @Override
    public List<Group> groups() {
        if (!Namespace.isPossible()) {
            return List.of();
        }
        List<Candidate> candidates =
                List.of(
                        new TapSwitch(new LanyardSwitch(root, configuration(true))),
                        new TapSwitch(new LanyardSwitch(WITHOUT, root, configuration(false))),
                        new TapSwitch(new VdeSwitch(32)));
        List<Trial> trials =
                List.of(
                        trial(ALL, BY_ONE, "synthetic guest to TAP, 1 a write", "--batch", "1"),
                        trial(ALL, BY_32, "synthetic guest to TAP, 32 a write", "--batch", "32"),
                        trial(
                                ALL,
                                FLOWS,
                                "synthetic guest to TAP, 4 connections in turn, 32 a write",
                                "--batch",
                                "32",
                                "--flows",
                                "4"),
                        trial(LOSSLESS, BACK, "TAP to synthetic guest", TcpGuest.RECEIVE));
        return List.of(new Group("guesttap", candidates, trials, load));
    }

    private static String configuration(boolean offload) {
        return String.format(
                """
                [switch]
                name = "bench"

                [ports.guests]
                stream = { listen = "unix:guests.sock" }

                [ports.one]
                tap = { name = "end0", offload = %1$s }

                [ports.two]
                tap = { name = "end1", offload = %1$s }
                """,
                offload);
    }

    private static Trial trial(Set<String> names, String id, String title, String... options) {
        List<Metric> metrics = List.of(Metric.THROUGHPUT, Metric.CORES);
        return new Trial(id, title, STANDARD, Placement.FREE, List.of(options), names, metrics);
    }

    @Override
    public List<Target> targets() {
        return List.of(
                Target.against(BY_ONE, WITHOUT, Metric.THROUGHPUT, 2),
                Target.against(BY_32, WITHOUT, Metric.THROUGHPUT, 2),
                Target.against(FLOWS, WITHOUT, Metric.THROUGHPUT, 2),
                Target.told(BACK, WITHOUT, Metric.THROUGHPUT),
                Target.told(BY_ONE, VdeSwitch.NAME, Metric.THROUGHPUT),
                Target.told(BY_32, VdeSwitch.NAME, Metric.THROUGHPUT),
                Target.told(FLOWS, VdeSwitch.NAME, Metric.THROUGHPUT));
    }
}
