package org.lanyard.bench;

import java.io.IOException;
import java.util.List;

/** A guest sends from an address that is another's: the pair's, or the gateway's. */
final class SpoofAttack extends Attack {
    /** As loadgen has it. */
    private static final String VICTIM = "52:00:01:00:00:00";

    /** As libslirp has it: 52:55 and the IPv4 address. */
    private static final String GATEWAY = "52:55:0a:00:02:02";

    private static final int KNOWN_MILLIS = 3000;

    private final String address;
    private final int rate;

    private SpoofAttack(String name, String address, int rate, String words) {
        super(name, words);
        this.address = address;
        this.rate = rate;
    }

    static List<Attack> all() {
        return List.of(
                new SpoofAttack(
                        "spoof-pair",
                        VICTIM,
                        10,
                        "ten frames a second with the source address of one of the pair"),
                new SpoofAttack(
                        "spoof-pair-fast",
                        VICTIM,
                        1000,
                        "a thousand frames a second with the source address of one of the pair"),
                new SpoofAttack(
                        "spoof-gateway",
                        GATEWAY,
                        10,
                        "ten frames a second with the gateway's source address; the pair is a guest"
                                + " and the gateway"));
    }

    private boolean isGateway() {
        return address.equals(GATEWAY);
    }

    @Override
    boolean needsNamespace() {
        return isGateway();
    }

    @Override
    String configuration(Scene scene) {
        return isGateway()
                ? Scene.CONFIGURATION + "\n[ports.out]\nuser = {}\n"
                : Scene.CONFIGURATION;
    }

    @Override
    List<Probe> probes(Natives natives) {
        if (!isGateway()) {
            return super.probes(natives);
        }
        List<String> asks =
                List.of(
                        natives.visitor().toString(),
                        "--target",
                        "stream:@/guests.sock",
                        "--own",
                        "10.0.2.101",
                        "--gateway",
                        "10.0.2.2",
                        "--ask",
                        "arp");
        return List.of(new Probe("ARP", asks, true, false));
    }

    @Override
    int knownMillis() {
        return KNOWN_MILLIS;
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException {
        return List.of(
                scene.spawn(
                        scene.natives().crowd().toString(),
                        "--unicast",
                        "--source",
                        address,
                        "--rate",
                        Integer.toString(rate),
                        "--seconds",
                        "120",
                        "stream:" + scene.directory().resolve("guests.sock")));
    }
}
