package org.lanyard.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The user port's child is stopped, while a guest sends to it. */
final class ChildAttack extends Attack {
    private static final int PATIENCE_SECONDS = 40;
    private static final String PORT = "out";
    private List<Long> stopped = List.of();

    private ChildAttack() {
        super(
                "hang-user",
                "the user port's program is stopped while guests send to it; its port is to say so,"
                        + " and to be up again afterwards, each within "
                        + PATIENCE_SECONDS
                        + " s");
    }

    static List<Attack> all() {
        return List.of(new ChildAttack());
    }

    @Override
    boolean needsNamespace() {
        return true;
    }

    @Override
    String configuration(Scene scene) {
        return Scene.CONFIGURATION + "\n[ports." + PORT + "]\nuser = {}\n";
    }

    @Override
    boolean lasts() {
        return true;
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException, InterruptedException {
        stopped = scene.children();
        if (stopped.isEmpty()) {
            throw new IOException("the switch has no child");
        }
        signal("STOP");
        return List.of(
                scene.spawn(
                        scene.natives().crowd().toString(),
                        "--rate",
                        "2000",
                        "--size",
                        "1514",
                        "--seconds",
                        "600",
                        "stream:" + scene.directory().resolve("guests.sock")));
    }

    private void signal(String name) throws IOException, InterruptedException {
        for (long pid : stopped) {
            if (ProcessHandle.of(pid).isPresent()) {
                Commands.output(10, List.of("kill", "-" + name, Long.toString(pid)));
            }
        }
    }

    private static boolean becomes(Scene scene, boolean up)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            if ("up".equals(scene.ports().get(PORT)) == up) {
                return true;
            }
            Thread.sleep(100);
        }
        return false;
    }

    @Override
    List<String> lookBack(Scene scene) throws IOException, InterruptedException {
        // A new child may be there by now, which nobody stopped: that is as good.
        List<Long> now = scene.children();
        boolean replaced = stopped.stream().noneMatch(now::contains);
        return replaced || becomes(scene, false)
                ? List.of()
                : List.of("the port is up though its program hangs");
    }

    @Override
    void end(Scene scene) throws IOException, InterruptedException {
        signal("CONT");
    }

    @Override
    List<String> lookAfter(Scene scene) throws IOException, InterruptedException {
        return becomes(scene, true) ? List.of() : List.of("the port does not come up again");
    }
}
