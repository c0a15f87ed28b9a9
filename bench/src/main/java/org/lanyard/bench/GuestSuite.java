package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.lanyard.guest.GuestException;
import org.lanyard.guest.GuestImage;
import org.lanyard.guest.Qemu;

/** TCP between two real guests, over each candidate. */
final class GuestSuite implements Suite {
    private static final String STANDARD = "TCP throughput (RFC 6349)";
    private static final String FORTH = "guests-forth";
    private static final String BACK = "guests-back";
    private static final int TURNS = 4;

    private final Path root;
    private final Load load;

    /**
     * @param root of the clone
     * @param directory for what the load needs
     */
    GuestSuite(Path root, Path directory, Iperf iperf) {
        this.root = root;
        this.load = new GuestPair(iperf, directory);
    }

    @Override
    public List<Group> groups() {
        if (!isPossible()) {
            return List.of();
        }
        List<Candidate> candidates = new ArrayList<>();
        candidates.add(new DirectCable());
        candidates.add(new LanyardSwitch(root, ""));
        if (canSpeakVde()) {
            candidates.add(new VdeSwitch(32));
        }
        candidates.add(new TapBridge());
        Set<String> names = candidates.stream().map(Candidate::name).collect(Collectors.toSet());
        List<Trial> trials =
                List.of(
                        trial(FORTH, "guest to guest", names, List.of()),
                        trial(BACK, "guest to guest, the other way", names, List.of("-R")));
        return List.of(new Group("real", candidates, trials, load, TURNS, true));
    }

    private static Trial trial(String id, String title, Set<String> names, List<String> options) {
        List<Metric> metrics = List.of(Metric.THROUGHPUT, Metric.CORES);
        return new Trial(id, title, STANDARD, Placement.FREE, options, names, metrics);
    }

    private static boolean isPossible() {
        try {
            return Qemu.forHost() != null && GuestImage.find() != null;
        } catch (GuestException e) {
            System.err.println("no guests: " + e.getMessage());
            return false;
        }
    }

    /** Not every distribution builds QEMU with it. */
    private static boolean canSpeakVde() {
        try {
            String program = Qemu.forHost().path().toString();
            return Commands.output(20, List.of(program, "-display", "none", "-netdev", "help"))
                    .lines()
                    .anyMatch("vde"::equals);
        } catch (GuestException | IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public List<Target> targets() {
        List<Target> targets = new ArrayList<>();
        for (String trial : List.of(FORTH, BACK)) {
            targets.add(Target.against(trial, DirectCable.NAME, Metric.THROUGHPUT, 0.95));
            targets.add(Target.against(trial, VdeSwitch.NAME, Metric.THROUGHPUT, 1.35));
            targets.add(Target.told(trial, TapBridge.NAME, Metric.THROUGHPUT));
        }
        return targets;
    }
}
