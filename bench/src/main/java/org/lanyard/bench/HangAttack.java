package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A server or program that the switch needs takes what it is asked, and never answers. */
final class HangAttack extends Attack {
    /** What hangs, and the port that needs it. */
    private enum Kind {
        NAMES(
                "hang-names",
                "three name servers are silent that a dialled port's host is asked of",
                "[ports.far]\nstream = { connect = \"tcp:far.example.test:5555\" }\n"),
        NFT(
                "hang-nft",
                "nft hangs, which a TAP with nat needs",
                "[ports.host]\ntap = { name = \"lan0\", address = [\"10.78.0.1/24\"], nat = true }\n"),
        DNSMASQ(
                "hang-dnsmasq",
                "dnsmasq hangs, which a TAP with dhcp needs",
                """
                [ports.host.tap]
                name = "lan0"
                address = ["10.78.0.1/24"]
                dhcp = { range = "10.78.0.100-10.78.0.199" }
                """),
        BRIDGE(
                "hang-bridge",
                "the helper hangs that puts a port into a kernel's bridge",
                "[ports.lan]\nbridge = { name = \"br0\", helper = \"%s\" }\n"),
        NOTIFY("hang-notify", "the service manager's socket is full, and nobody reads it", "");

        private final String id;
        private final String words;
        private final String port;

        Kind(String id, String words, String port) {
            this.id = id;
            this.words = words;
            this.port = port;
        }
    }

    private static final String SLEEPS = "exec sleep 600";
    private final Kind kind;

    private HangAttack(Kind kind) {
        super(kind.id, kind.words);
        this.kind = kind;
    }

    static List<Attack> all() {
        List<Attack> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            all.add(new HangAttack(kind));
        }
        return all;
    }

    @Override
    boolean needsNamespace() {
        return true;
    }

    @Override
    boolean lasts() {
        return true;
    }

    @Override
    String configuration(Scene scene) {
        return scene.isAttacked()
                ? Scene.CONFIGURATION
                        + "\n"
                        + kind.port.replace("%s", scene.programs().resolve("helper").toString())
                : Scene.CONFIGURATION;
    }

    private Path nameServers(Scene scene) {
        return scene.scratch().resolve("resolv.conf");
    }

    private Path socket(Scene scene) {
        return scene.scratch().resolve("notify.sock");
    }

    @Override
    void prepare(Scene scene) throws IOException, InterruptedException {
        if (!scene.isAttacked()) {
            return;
        }
        switch (kind) {
            case NAMES -> {
                // Whatever goes there is taken by nobody, and nobody says so.
                scene.namespace().ip("link add nowhere type veth peer name beyond");
                scene.namespace().ip("link set beyond up");
                scene.namespace().ip("address add 192.0.2.1/24 dev nowhere");
                scene.namespace().ip("link set nowhere up");
                scene.namespace().ip("route add default via 192.0.2.2 dev nowhere");
                scene.namespace()
                        .ip("neighbour add 192.0.2.2 lladdr 52:54:00:00:00:02 dev nowhere");
                String servers =
                        List.of(1, 2, 3).stream()
                                .map(i -> "nameserver 198.51.100." + i + "\n")
                                .collect(Collectors.joining());
                Files.writeString(nameServers(scene), servers);
            }
            case NFT -> scene.script("nft", SLEEPS);
            case DNSMASQ -> scene.script("dnsmasq", SLEEPS);
            case BRIDGE -> {
                scene.namespace().ip("link add br0 type bridge");
                scene.script("helper", SLEEPS);
            }
            case NOTIFY -> {
                Attacker full =
                        scene.spawn(
                                scene.natives().hold().toString(),
                                "socket",
                                socket(scene).toString());
                scene.keep(full);
                if (full.awaitReady() != 1) {
                    throw new IOException("no full socket at " + socket(scene));
                }
            }
        }
    }

    @Override
    List<String> prefix(Scene scene) {
        if (!scene.isAttacked()) {
            return List.of();
        }
        return switch (kind) {
            case NAMES ->
                    // "ip netns exec" gave it a mount namespace of its own.
                    List.of(
                            "sh",
                            "-c",
                            "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"",
                            nameServers(scene).toString());
            case NOTIFY ->
                    List.of("env", "NOTIFY_SOCKET=" + socket(scene), "WATCHDOG_USEC=1000000");
            default -> List.of("env", "PATH=" + scene.programs() + ":" + System.getenv("PATH"));
        };
    }

    @Override
    List<Attacker> begin(Scene scene) {
        return List.of();
    }
}
