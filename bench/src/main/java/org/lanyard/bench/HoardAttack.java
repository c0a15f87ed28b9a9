package org.lanyard.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One user takes all the ports that a socket gives; another's guests come later. */
final class HoardAttack extends Attack {
    private static final String HOARDER = "60001";
    private static final String INNOCENT = "60002";

    /** More than {@code max-ports} is when nobody says another one. */
    private static final int GUESTS = 5000;

    private HoardAttack() {
        super(
                "hoard-ports",
                "one user connects "
                        + GUESTS
                        + " guests to a socket, and again whenever one is sent away; the pair is"
                        + " another user's and comes later");
    }

    static List<Attack> all() {
        return List.of(new HoardAttack());
    }

    private static List<String> as(String user, String... command) {
        List<String> words = new ArrayList<>(List.of("setpriv", "--reuid", user, "--regid", user));
        words.add("--clear-groups");
        words.addAll(List.of(command));
        return words;
    }

    @Override
    String configuration(Scene scene) {
        // Not in the runtime directory, which others may not pass.
        return String.format(
                """
                [switch]
                name = "attacked"

                [ports.guests]
                stream = { listen = "unix:%s/guests.sock", mode = "0666" }
                """,
                scene.scratch());
    }

    @Override
    void prepare(Scene scene) throws IOException {
        scene.forOthers(scene.natives().loadgen());
        scene.forOthers(scene.natives().crowd());
    }

    @Override
    List<Probe> probes(Natives natives) {
        String loadgen = "%/loadgen";
        String target = "stream:%/guests.sock";
        List<String> trips = as(INNOCENT, loadgen, "--target", target, "--pattern", "round-trip");
        List<String> oneWay = as(INNOCENT, loadgen, "--target", target, "--size", "1514");
        return List.of(
                new Probe("round trips", trips, true, false),
                new Probe("one way", oneWay, false, false));
    }

    @Override
    boolean pairComesFirst() {
        return false;
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException, InterruptedException {
        Attacker crowd =
                scene.spawn(
                        as(
                                HOARDER,
                                scene.scratch().resolve("crowd").toString(),
                                "--guests",
                                Integer.toString(GUESTS),
                                "--insist",
                                "--seconds",
                                "120",
                                "stream:" + scene.scratch().resolve("guests.sock")));
        crowd.awaitReady();
        return List.of(crowd);
    }

    @Override
    int mostMib() {
        return MemoryBound.mib(4096, 0, 0);
    }
}
