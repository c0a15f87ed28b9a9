package org.lanyard.bench;

import java.io.IOException;
import java.util.List;

/**
 * What the host sends to a guest that answers ARP with one address and sends from another: unknown
 * to the switch, so each super-frame is flooded, cut for ports that alternate tagged and untagged.
 */
final class FloodAttack extends Attack {
    private static final String TAP = "lan0";
    private static final String HOST = "10.78.0.1";
    private static final String GUEST = "10.78.0.100";
    private static final int CHARGEN = 19;

    private FloodAttack() {
        super(
                "flood-tap",
                "TCP from the host's TAP, cut at MSS 536, is flooded to 12 access and 12 trunk"
                        + " guests, for its receiver answers ARP with an address that it never"
                        + " sends from");
    }

    static List<Attack> all() {
        return List.of(new FloodAttack());
    }

    @Override
    boolean needsNamespace() {
        return true;
    }

    @Override
    String configuration(Scene scene) {
        return """
        [switch]
        name = "attacked"

        [ports.guests]
        stream = { listen = "unix:guests.sock" }
        vlan = { access = 99 }

        [ports.access]
        stream = { listen = "unix:access.sock" }
        vlan = { access = 1 }

        [ports.trunk]
        stream = { listen = "unix:trunk.sock" }
        vlan = { trunk = [1, 2] }

        [ports.host]
        tap = { name = "lan0", address = ["10.78.0.1/24"] }
        vlan = { access = 1 }
        """;
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException, InterruptedException {
        Attacker host =
                scene.spawn(
                        scene.natives().tcpHost().toString(), Integer.toString(CHARGEN), "chargen");
        String access = "stream:" + scene.directory().resolve("access.sock");
        String trunk = "stream:" + scene.directory().resolve("trunk.sock");
        Attacker crowd =
                scene.spawn(
                        scene.natives().crowd().toString(),
                        "--guests",
                        "24",
                        "--seconds",
                        "120",
                        trunk,
                        access);
        crowd.awaitReady();
        Attacker guest =
                scene.spawn(
                        scene.natives().tcpGuest().toString(),
                        "--target",
                        access,
                        "--own",
                        GUEST,
                        "--host",
                        HOST,
                        "--port",
                        Integer.toString(CHARGEN),
                        "--receive",
                        "--two-faced",
                        "--mss",
                        "536",
                        "--seconds",
                        "120");
        return List.of(host, crowd, guest);
    }

    @Override
    List<String> look(Scene scene) throws IOException, InterruptedException {
        return scene.namespace().has(TAP) ? List.of() : List.of("the TAP is gone");
    }

    @Override
    int mostMib() {
        return MemoryBound.mib(32, 0, 0);
    }
}
