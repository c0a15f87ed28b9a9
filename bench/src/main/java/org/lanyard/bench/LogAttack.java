package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A switch in the foreground whose log goes into a pipe that nobody reads any more. */
final class LogAttack extends Attack {
    private LogAttack() {
        super(
                "hang-log",
                "the pipe is full that a switch in the foreground logs to; guests that come and go"
                        + " give it what to log");
    }

    static List<Attack> all() {
        return List.of(new LogAttack());
    }

    private static Path pipe(Scene scene) {
        return scene.scratch().resolve("log");
    }

    private static Attacker hold(Scene scene, String mode)
            throws IOException, InterruptedException {
        Attacker holder =
                scene.spawn(scene.natives().hold().toString(), mode, pipe(scene).toString());
        scene.keep(holder);
        if (holder.awaitReady() != 1) {
            throw new IOException("no pipe at " + pipe(scene));
        }
        return holder;
    }

    @Override
    void prepare(Scene scene) throws IOException, InterruptedException {
        hold(scene, "pipe");
    }

    @Override
    List<String> prefix(Scene scene) {
        List<String> words = new ArrayList<>(RunningProcess.inTheBackground(List.of()));
        words.addAll(List.of("sh", "-c", "exec \"$@\" 2> \"$0\" > /dev/null"));
        words.add(pipe(scene).toString());
        return words;
    }

    @Override
    String command() {
        return "run";
    }

    @Override
    void launch(Scene scene, List<String> command, int seconds)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        scene.keep(new Attacker(process, pipe(scene)));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            try {
                scene.call("status");
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("the switch did not come", e);
                }
                Thread.sleep(20);
            }
        }
    }

    @Override
    void settle(Scene scene) throws IOException, InterruptedException {
        if (scene.isAttacked()) {
            hold(scene, "full");
        }
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException {
        return List.of(
                scene.spawn(
                        scene.natives().crowd().toString(),
                        "--guests",
                        "64",
                        "--seconds",
                        "1",
                        "stream:" + scene.directory().resolve("guests.sock")));
    }
}
