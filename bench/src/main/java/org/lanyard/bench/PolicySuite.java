package org.lanyard.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What VLANs cost: the same switch with ports that say nothing, and with ports that do. */
final class PolicySuite implements Suite {
    private static final String PLAIN = "no policy";
    private static final String VLANS = "VLANs";
    private static final String CONFIGURATION =
            """
            [switch]
            name = "bench"

            [ports.guests]
            stream = { listen = "unix:guests.sock" }
            vlan = { access = 10 }

            [ports.trunk]
            stream = { listen = "unix:trunk.sock" }
            vlan = { trunk = [10, 20] }
            """;

    private final Path root;
    private final Load load;

    PolicySuite(Path root, Load load) {
        this.root = root;
        this.load = load;
    }

    @Override
    public List<Group> groups() {
        List<Trial> trials = new ArrayList<>();
        for (String size : List.of("64", "1514")) {
            for (String batch : List.of("1", "32")) {
                trials.add(trial("vlan-", size, batch, Set.of(PLAIN, VLANS), List.of()));
            }
        }
        List<String> trunk = List.of("--trunk", "stream:@/trunk.sock", "--vlan", "10");
        for (String batch : List.of("1", "32")) {
            trials.add(trial("trunk-", "1514", batch, Set.of(VLANS), trunk));
        }
        List<Candidate> candidates =
                List.of(
                        new LanyardSwitch(PLAIN, root, ""),
                        new LanyardSwitch(VLANS, root, CONFIGURATION));
        return List.of(new Group("policy", candidates, trials, load, SyntheticSuite.TURNS, false));
    }

    private static Trial trial(
            String prefix, String size, String batch, Set<String> candidates, List<String> more) {
        List<String> load = new ArrayList<>(List.of("--size", size, "--batch", batch));
        load.addAll(more);
        String way = more.isEmpty() ? "access port to access port, " : "trunk to access port, ";
        return new Trial(
                prefix + size + "x" + batch,
                way + size + " B, " + batch + " a write",
                SyntheticSuite.FRMOL,
                Placement.ONE_CORE,
                load,
                candidates,
                SyntheticSuite.RATE);
    }

    @Override
    public List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (String trial : List.of("vlan-64x1", "vlan-64x32", "vlan-1514x1", "vlan-1514x32")) {
            targets.add(new Target(trial, VLANS, trial, PLAIN, Metric.DELIVERED, true, 0.95));
        }
        for (String load : List.of("1514x1", "1514x32")) {
            targets.add(
                    new Target(
                            "trunk-" + load,
                            VLANS,
                            "vlan-" + load,
                            VLANS,
                            Metric.DELIVERED,
                            true,
                            0.8));
        }
        return targets;
    }
}
