package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A configuration that asks for more than a heap has: it is refused with the exit status of an
 * invalid one, or the switch runs with it. Another switch gets it, beside the pair's.
 */
final class OverlargeAttack extends Attack {
    private static final int INVALID = 4;
    private static final int PATIENCE_SECONDS = 30;

    private final String keys;

    private OverlargeAttack(String name, String keys) {
        super(name, "another switch is started with " + keys.replace("\n", ", "));
        this.keys = keys;
    }

    static List<Attack> all() {
        return List.of(
                new OverlargeAttack("overlarge-table", "mac-table-size = 16777216"),
                new OverlargeAttack(
                        "overlarge-ports", "max-ports = 16384\nport-backlog = \"1GiB\""));
    }

    @Override
    boolean isBrief() {
        return true;
    }

    @Override
    List<Attacker> begin(Scene scene) {
        return List.of();
    }

    @Override
    List<String> look(Scene scene) throws IOException, InterruptedException {
        Path file = scene.scratch().resolve("overlarge.toml");
        Path directory = scene.scratch().resolve("other");
        Files.writeString(
                file,
                "[switch]\nname = \"other\"\n"
                        + keys
                        + "\n[ports.guests]\nstream = { listen = \"unix:guests.sock\" }\n"
                        + "impair = { delay = \"20ms\" }\n");
        int status = run(scene, "start", directory, "--config", file.toString());
        if (status == INVALID) {
            return List.of();
        }
        List<String> wrong = new ArrayList<>();
        if (status != 0) {
            wrong.add("start ended with status " + status + ", neither 0 nor 4");
        } else {
            wrong.addAll(use(scene, directory));
        }
        run(scene, "stop", directory);
        return wrong;
    }

    private static List<String> use(Scene scene, Path directory) throws InterruptedException {
        List<String> command =
                List.of(
                        scene.natives().loadgen().toString(),
                        "--target",
                        "stream:" + directory.resolve("guests.sock"),
                        "--pattern",
                        "round-trip",
                        "--warmup",
                        "0.2",
                        "--seconds",
                        "1");
        try {
            double trips =
                    Measurement.parse(Commands.output(PATIENCE_SECONDS, command)).delivered();
            return trips > 0 ? List.of() : List.of("it was taken and forwards nothing");
        } catch (IOException e) {
            return List.of("it was taken and guests can't use it");
        }
    }

    private static int run(Scene scene, String word, Path directory, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(scene.launcher());
        command.addAll(List.of(word, "--runtime-dir", directory.toString()));
        command.addAll(List.of(more));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(scene.scratch().resolve("overlarge.log").toFile())
                        .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return -1;
        }
        return process.exitValue();
    }
}
