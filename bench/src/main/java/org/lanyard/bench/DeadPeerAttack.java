package org.lanyard.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A TCP peer whose machine is gone without a word, while frames are flooded to it. */
final class DeadPeerAttack extends Attack {
    /** {@code keepalive}'s default, and half as much again. */
    private static final int DEAD_SECONDS = 45;

    private static final String ADDRESS = "10.79.0.1";
    private static final int PORT = 5555;
    private Namespace peers;
    private long died;

    private DeadPeerAttack() {
        super(
                "dead-peer",
                "a TCP peer's machine goes without a word; its port is to be down within "
                        + DEAD_SECONDS
                        + " s");
    }

    static List<Attack> all() {
        return List.of(new DeadPeerAttack());
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
    void prepare(Scene scene) throws IOException, InterruptedException {
        if (!scene.isAttacked()) {
            scene.namespace().ip("address add " + ADDRESS + "/24 dev lo");
            return;
        }
        peers = Namespace.create("dead-peer-far");
        Namespace ours = scene.namespace();
        ours.ip("link add near type veth peer name far netns " + peers.name());
        ours.ip("address add " + ADDRESS + "/24 dev near");
        ours.ip("link set near up");
        peers.ip("address add 10.79.0.2/24 dev far");
        peers.ip("link set far up");
    }

    @Override
    String configuration(Scene scene) {
        return Scene.CONFIGURATION
                + String.format(
                        "%n[ports.peers]%nstream = { listen = \"tcp:%s:%d\" }%n", ADDRESS, PORT);
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException, InterruptedException {
        String crowd = scene.natives().crowd().toString();
        String target = "tcp:" + ADDRESS + ":" + PORT;
        Attacker peer =
                Attacker.start(
                        scene.scratch().resolve("peer"),
                        peers.inside(List.of(crowd, "--rate", "1", "--seconds", "600", target)));
        if (peer.awaitReady() != 1 || !isUp(scene)) {
            peer.end();
            throw new IOException("the peer did not come in");
        }
        Attacker sender =
                scene.spawn(
                        crowd,
                        "--rate",
                        "20",
                        "--seconds",
                        "600",
                        "stream:" + scene.directory().resolve("guests.sock"));
        peers.ip("link set far down");
        died = System.nanoTime();
        return List.of(peer, sender);
    }

    private static boolean isUp(Scene scene) throws IOException {
        for (JsonNode port : scene.call("port.list")) {
            if (port.path("name").asText().startsWith("peers/")) {
                return port.path("state").asText().equals("up");
            }
        }
        return false;
    }

    @Override
    List<String> lookBack(Scene scene) throws IOException, InterruptedException {
        while (isUp(scene)) {
            long dead = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - died);
            if (dead > DEAD_SECONDS) {
                return List.of("the port is up " + DEAD_SECONDS + " s after its peer's death");
            }
            Thread.sleep(200);
        }
        return List.of();
    }

    @Override
    void end(Scene scene) throws IOException {
        peers.close();
    }
}
