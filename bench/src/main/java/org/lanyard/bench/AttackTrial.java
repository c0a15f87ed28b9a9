package org.lanyard.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Plays one attack: a window beside it, then one beside a program that burns as much CPU, on a
 * switch of the same configuration that nobody attacks, and so on in turn.
 *
 * <pre>
 *   attacked  ▐ attack ▌        ▐ attack ▌        …   the pair's windows, one after the other
 *   calm                ▐b▌b▌            ▐b▌b▌        b: burn; as many programs, each with the CPU
 *                                                     time that the attack's one just used
 * </pre>
 */
final class AttackTrial {
    private static final double WARMUP = 1.0;
    private static final double CALM_WARMUP = 0.7;

    /** From the attack's beginning to the window, in seconds. */
    private static final double RISING = 0.5;

    private static final double CALM_PART = 0.3;

    /** Where the pair's programs and the switch came to run decides much of what one run finds. */
    private static final int CALM_RUNS = 2;

    private static final int WINDOW_SECONDS = 5;
    private static final int BRIEF = 6;
    private static final double SHORTEST = 1.5;

    /** A program with less is as good as none. */
    private static final double LEAST_SHARE = 0.005;

    private final Path root;
    private final Natives natives;
    private final PrintStream out;
    private final double seconds;
    private final int most; // windows

    /**
     * @param root of the clone whose switch is attacked
     * @param seconds of attack, all windows together
     */
    AttackTrial(Path root, Natives natives, PrintStream out, int seconds) {
        this.root = root;
        this.natives = natives;
        this.out = out;
        this.most = Math.max(2, seconds / WINDOW_SECONDS / 2 * 2);
        this.seconds = Math.max(SHORTEST, (double) seconds / most);
    }

    /**
     * @param home an empty directory
     */
    AttackResult run(Attack attack, Path home) throws IOException, InterruptedException {
        AttackResult result = new AttackResult(attack);
        Path one = Files.createDirectories(home.resolve("a"));
        Path other = Files.createDirectories(home.resolve("b"));
        try (Scene calm = Scene.open(attack, false, other, root, natives)) {
            try (Scene attacked = Scene.open(attack, true, one, root, natives)) {
                result.started(attacked.startSeconds());
                play(attack, attacked, calm, result);
            } catch (IOException e) {
                result.fault("the attacked switch: " + e.getMessage());
            }
        } catch (IOException e) {
            result.fault("the switch beside it: " + e.getMessage());
        }
        return result;
    }

    private void play(Attack attack, Scene attacked, Scene calm, AttackResult result)
            throws IOException, InterruptedException {
        List<Probe> probes = attack.probes(natives);
        int windows = attack.isBrief() ? Math.min(BRIEF, most) : most;
        for (Probe probe : probes) {
            probe.run(calm, 0.2, 0.8);
            probe.run(attacked, 0.2, 0.8);
        }
        List<Attacker> lasting = attack.lasts() ? attack.begin(attacked) : List.of();
        try {
            for (int i = 0; i < windows; i++) {
                Probe probe = probes.get(i % probes.size());
                List<Double> shares = new ArrayList<>();
                Probe.Found under = under(attack, attacked, probe, lasting, shares, result);
                Probe.Found beside = beside(calm, probe, shares);
                double cores = shares.stream().mapToDouble(Double::doubleValue).sum();
                result.add(new AttackResult.Turn(probe, under, beside, cores));
                out.printf(
                        Locale.ROOT,
                        "  %d/%d %-12s %s; beside as much CPU (%.2f cores) %s%n",
                        i + 1,
                        windows,
                        probe.name(),
                        under.words(),
                        cores,
                        beside.words());
            }
            for (Attacker attacker : lasting) {
                attacker.signal("CONT");
            }
            attack.lookBack(attacked).forEach(result::fault);
        } finally {
            lasting.forEach(Attacker::end);
            if (attack.lasts()) {
                attack.end(attacked);
            }
        }
        attack.lookAfter(attacked).forEach(result::fault);
        attacked.ended().forEach(result::fault);
        result.memory(attacked.peakMib());
        attacked.heapMib().ifPresent(result::heap);
    }

    private Probe.Found under(
            Attack attack,
            Scene scene,
            Probe probe,
            List<Attacker> lasting,
            List<Double> shares,
            AttackResult result)
            throws IOException, InterruptedException {
        List<Attacker> attackers = new ArrayList<>(lasting);
        double warmup = attack.lasts() ? WARMUP : attack.knownMillis() / 1e3 + RISING;
        PairThread pair = new PairThread(probe, scene, warmup, seconds);
        try (StatusWatch watch = new StatusWatch(scene.directory())) {
            if (attack.lasts()) {
                for (Attacker attacker : lasting) {
                    attacker.signal("CONT");
                }
                pair.start();
            } else if (attack.pairComesFirst()) {
                pair.start();
                Thread.sleep(attack.knownMillis());
                attackers.addAll(attack.begin(scene));
            } else {
                attackers.addAll(attack.begin(scene));
                pair.start();
            }
            long begun = System.nanoTime();
            double[] before = attackers.stream().mapToDouble(Attacker::used).toArray();
            Probe.Found found = pair.await();
            double passed = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
            for (int i = 0; i < before.length; i++) {
                shares.add(Math.max(0, attackers.get(i).used() - before[i]) / passed);
            }
            result.memory(scene.peakMib());
            result.answered(scene.statusSeconds());
            // Before the look, which may end the switch to see that another comes.
            result.answered(watch.slowest());
            attack.look(scene).forEach(result::fault);
            return found;
        } finally {
            for (Attacker attacker : lasting) {
                attacker.signal("STOP");
            }
            if (!attack.lasts()) {
                attackers.forEach(Attacker::end);
                attack.end(scene);
            }
        }
    }

    private Probe.Found beside(Scene calm, Probe probe, List<Double> shares)
            throws IOException, InterruptedException {
        List<Attacker> burning = new ArrayList<>();
        double window = Math.max(SHORTEST, seconds * CALM_PART);
        try {
            for (double share : shares) {
                if (share > LEAST_SHARE) {
                    String[] words = {
                        natives.burn().toString(),
                        String.format(Locale.ROOT, "%.4f", share),
                        Integer.toString(CALM_RUNS * (int) window + 60)
                    };
                    burning.add(calm.spawn(words));
                }
            }
            List<Probe.Found> found = new ArrayList<>();
            for (int i = 0; i < CALM_RUNS; i++) {
                found.add(probe.run(calm, CALM_WARMUP, window));
            }
            return Probe.Found.median(found);
        } finally {
            burning.forEach(Attacker::end);
        }
    }

    /** The pair's programs, which are waited for in a thread. */
    private static final class PairThread {
        private final Thread thread;
        private Probe.Found found;
        private InterruptedException interrupted;

        PairThread(Probe probe, Scene scene, double warmup, double seconds) {
            thread =
                    new Thread(
                            () -> {
                                try {
                                    found = probe.run(scene, warmup, seconds);
                                } catch (InterruptedException e) {
                                    interrupted = e;
                                }
                            },
                            "pair");
            thread.setDaemon(true);
        }

        void start() {
            thread.start();
        }

        Probe.Found await() throws InterruptedException {
            thread.join();
            if (interrupted != null) {
                throw interrupted;
            }
            return found;
        }
    }
}
