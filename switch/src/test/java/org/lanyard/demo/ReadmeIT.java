package org.lanyard.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;

/**
 * The README's terminal session, replayed: each command is run as it stands there, and must print
 * what stands there but for numbers and addresses. A line that begins with # is the guests' turn.
 */
@Timeout(300)
class ReadmeIT {
    private static final Path README = Path.of("..", "README.md");
    private static final String DOCUMENTED_DIR = "/run/lanyard/lan0";
    private static final String PROMPT = "$ ";
    private static final String GUESTS = "# ";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path temp;
    private final List<LinuxGuest> guests = new ArrayList<>();

    private record Step(String command, List<String> printed) {}

    @AfterEach
    void end() throws Exception {
        guests.forEach(LinuxGuest::close);
        run("./lanyard stop");
    }

    private static List<Step> session() throws Exception {
        List<Step> steps = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(README)) {
            if (line.startsWith("```")) {
                inside = line.equals("```console");
            } else if (inside && (line.startsWith(PROMPT) || line.startsWith(GUESTS))) {
                steps.add(new Step(line, new ArrayList<>()));
            } else if (inside) {
                steps.get(steps.size() - 1).printed().add(line);
            }
        }
        return steps;
    }

    private String run(String line) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", line).directory(temp.toFile());
        builder.redirectErrorStream(true);
        builder.environment().put("LANYARD_RUNTIME_DIR", dir().toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().remove("LANYARD_LAUNCHER");
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), line);
        return said;
    }

    private Path dir() {
        return temp.resolve("lan0");
    }

    /** What differs from run to run and from host to host, made equal. */
    private String comparable(String text) {
        return text.replaceAll(",reconnect(-ms)?=\\d+", "")
                .replaceAll("[0-9a-f]{2}(:[0-9a-f]{2}){5}", "MAC")
                .replaceAll("\\d+([.:]\\d+|,\\d{3})*", "N")
                .replaceAll("[ \\t]+", " ")
                .strip();
    }

    private void boot(int number) {
        String netdev =
                "stream,id=n0,server=off,addr.type=unix,addr.path=" + dir().resolve("guests.sock");
        LinuxGuest guest =
                LinuxGuest.named("guest" + number)
                        .nic(Nic.virtio(netdev, "52:54:00:00:00:0" + number))
                        .boot();
        guests.add(guest);
    }

    /** Both are there before either speaks, so that no frame has nowhere to go. */
    private void letGuestsMeet() {
        boot(1);
        boot(2);
        for (int number = 1; number <= 2; number++) {
            String address = "ip address add 10.0.0." + number + "/24 dev eth0";
            guests.get(number - 1).outputOf("ip link set eth0 up; " + address, PATIENCE);
        }
        guests.get(0).outputOf("ping -c 5 -i 0.1 10.0.0.2", PATIENCE);
    }

    @Test
    void shouldPrintWhatTheReadmeSays() throws Exception {
        Path program = temp.resolve("lanyard");
        String words = String.join(" ", PackagedProgram.command());
        Files.writeString(program, "#!/bin/sh\nexec " + words + " \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path conf = Files.createDirectory(temp.resolve("conf"));
        try (Stream<Path> examples = Files.list(README.resolveSibling("conf"))) {
            for (Path example : examples.filter(Files::isRegularFile).toList()) {
                Files.copy(example, conf.resolve(example.getFileName()));
            }
        }
        List<Step> session = session();
        assertTrue(session.size() >= 8, () -> "a session of " + session);
        StringBuilder documented = new StringBuilder();
        StringBuilder replayed = new StringBuilder();
        for (Step step : session) {
            documented.append(step.command()).append('\n');
            replayed.append(step.command()).append('\n');
            if (step.command().startsWith(GUESTS)) {
                letGuestsMeet();
                continue;
            }
            step.printed().forEach(line -> documented.append(line).append('\n'));
            replayed.append(run(step.command().substring(PROMPT.length())));
        }
        String said = replayed.toString().replace(dir().toString(), DOCUMENTED_DIR);
        assertEquals(
                comparable(documented.toString()),
                comparable(said),
                () -> "the README's session should read:\n" + said);
    }
}
