package org.lanyard.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How many data-plane threads are best: the same switch with one of them, and with two. */
final class WorkerSuite implements Suite {
    private static final String ONE = "1 worker";
    private static final String TWO = "2 workers";

    private final Path root;
    private final Load load;

    WorkerSuite(Path root, Load load) {
        this.root = root;
        this.load = load;
    }

    @Override
    public List<Group> groups() {
        List<Trial> trials = new ArrayList<>();
        for (Placement placement : List.of(Placement.FREE, Placement.ONE_CORE)) {
            String where = placement == Placement.ONE_CORE ? "one-core-" : "";
            trials.add(trial(where + "pair", placement, SyntheticSuite.RATE, "--size", "1514"));
            trials.add(
                    trial(
                            where + "pair-32",
                            placement,
                            SyntheticSuite.RATE,
                            "--size",
                            "1514",
                            "--batch",
                            "32"));
            trials.add(trial(where + "mesh", placement, SyntheticSuite.RATE, mesh("1")));
            trials.add(trial(where + "mesh-32", placement, SyntheticSuite.RATE, mesh("32")));
            trials.add(
                    trial(
                            where + "trip",
                            placement,
                            SyntheticSuite.TRIP,
                            "--pattern",
                            "round-trip"));
        }
        List<Candidate> candidates = List.of(with(ONE, 1), with(TWO, 2));
        return List.of(new Group("workers", candidates, trials, load));
    }

    private Candidate with(String name, int workers) {
        String configuration =
                """
                [switch]
                name = "bench"
                workers = %d

                [ports.guests]
                stream = { listen = "unix:guests.sock" }
                """;
        return new LanyardSwitch(name, root, String.format(configuration, workers));
    }

    private static String[] mesh(String batch) {
        return new String[] {
            "--pattern", "mesh", "--guests", "4", "--size", "1514", "--batch", batch
        };
    }

    private static Trial trial(
            String id, Placement placement, List<Metric> metrics, String... load) {
        String title = String.join(" ", load).replace("--", "");
        String where = placement == Placement.ONE_CORE ? ", on one core" : "";
        return new Trial(
                "workers-" + id,
                title + where,
                SyntheticSuite.FRMOL,
                placement,
                List.of(load),
                Set.of(ONE, TWO),
                metrics);
    }

    @Override
    public List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (Trial trial : groups().get(0).trials()) {
            Metric metric = trial.metrics().get(0);
            targets.add(Target.told(trial.id(), TWO, ONE, metric));
        }
        return targets;
    }
}
