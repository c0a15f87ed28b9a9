package org.lanyard.bench;

import java.io.IOException;
import java.util.List;

/** One guest takes all the connections that the rootless way out has, leaves, and comes back. */
final class FlowAttack extends Attack {
    private static final String GATEWAY = "10.0.2.2";
    private static final int DISCARD = 9;
    private static final int SECOND = 10;
    private static final int FLOWS = 3000;

    private FlowAttack() {
        super(
                "hoard-flows",
                "a guest opens "
                        + FLOWS
                        + " TCP flows through the user port, leaves after two seconds without a"
                        + " word, and comes back; an innocent guest opens 50 flows a second");
    }

    static List<Attack> all() {
        return List.of(new FlowAttack());
    }

    @Override
    boolean needsNamespace() {
        return true;
    }

    @Override
    String configuration(Scene scene) {
        return Scene.CONFIGURATION + "\n[ports.out]\nuser = {}\n";
    }

    @Override
    void settle(Scene scene) throws IOException {
        for (int port : List.of(DISCARD, SECOND)) {
            scene.keep(
                    scene.spawn(
                            scene.natives().tcpHost().toString(),
                            Integer.toString(port),
                            "discard"));
        }
    }

    @Override
    List<Probe> probes(Natives natives) {
        List<String> flows =
                List.of(
                        natives.visitor().toString(),
                        "--target",
                        "stream:@/guests.sock",
                        "--own",
                        "10.0.2.101",
                        "--gateway",
                        GATEWAY,
                        "--port",
                        Integer.toString(DISCARD),
                        "--ask",
                        "syn",
                        "--rate",
                        "50");
        return List.of(
                new Probe("flows", flows, true, true),
                Probe.pair(natives, "one way", false, "--size", "1514"));
    }

    @Override
    boolean pairComesFirst() {
        return false;
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException, InterruptedException {
        Attacker hoarder =
                scene.spawn(
                        scene.natives().visitor().toString(),
                        "--target",
                        "stream:" + scene.directory().resolve("guests.sock"),
                        "--own",
                        "10.0.2.102",
                        "--gateway",
                        GATEWAY,
                        "--port",
                        Integer.toString(SECOND),
                        "--flows",
                        Integer.toString(FLOWS),
                        "--seconds",
                        "120");
        Thread.sleep(1500);
        return List.of(hoarder);
    }
}
