package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * After each window the switch's process is killed, or one of its threads gets an Error: it ends as
 * a whole, and is started again.
 */
final class EndedAttack extends Attack {
    private static final int PATIENCE_SECONDS = 10;

    /** The thread that gets an Error, or empty where the process is killed. */
    private final String thread;

    private EndedAttack(String name, String thread, String words) {
        super(
                name,
                words
                        + " after each window; another process is to be there within "
                        + PATIENCE_SECONDS
                        + " s");
        this.thread = thread;
    }

    static List<Attack> all() {
        return List.of(
                new EndedAttack("killed", "", "the switch's process is killed"),
                new EndedAttack(
                        "error-worker",
                        "lanyard-data-",
                        "an OutOfMemoryError comes up in the data-plane thread"),
                new EndedAttack(
                        "error-control",
                        "main",
                        "an OutOfMemoryError comes up in the control thread"));
    }

    @Override
    boolean isBrief() {
        return true;
    }

    @Override
    List<Attacker> begin(Scene scene) {
        return List.of();
    }

    private static Path javaHome() {
        return Path.of(System.getProperty("java.home"));
    }

    private static Path agent(Scene scene) throws IOException, InterruptedException {
        Path agent = scene.scratch().resolve("throw.so");
        Path include = javaHome().resolve("include");
        List<String> command = new ArrayList<>(List.of("gcc", "-std=c11", "-O2", "-shared"));
        command.addAll(List.of("-fPIC", "-I" + include, "-I" + include.resolve("linux")));
        command.addAll(List.of("-o", agent.toString(), scene.natives().agentSource().toString()));
        Commands.output(60, command);
        return agent;
    }

    private void hit(Scene scene) throws IOException, InterruptedException {
        if (thread.isEmpty()) {
            ProcessHandle.of(scene.pid()).ifPresent(ProcessHandle::destroyForcibly);
            return;
        }
        String jcmd = javaHome().resolve("bin/jcmd").toString();
        String pid = Long.toString(scene.pid());
        String agent = agent(scene).toString();
        Commands.output(20, List.of(jcmd, pid, "JVMTI.agent_load", agent, thread));
        // A thread that sleeps has not got it yet.
        scene.keep(
                scene.spawn(
                        scene.natives().crowd().toString(),
                        "--rate",
                        "100",
                        "--seconds",
                        "2",
                        "stream:" + scene.directory().resolve("guests.sock")));
    }

    @Override
    List<String> look(Scene scene) throws IOException, InterruptedException {
        long before = scene.pid();
        if (ProcessHandle.of(before).isEmpty()) {
            return List.of("it was not there any more to be hit");
        }
        try {
            hit(scene);
        } catch (IOException e) {
            return List.of("it could not be hit: " + e.getMessage());
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            Thread.sleep(100);
            try {
                scene.adopt();
            } catch (IOException e) {
                continue; // not there yet
            }
            if (scene.pid() != before) {
                return List.of();
            }
        }
        return List.of("no other process was there " + PATIENCE_SECONDS + " s after it was hit");
    }
}
