package org.lanyard.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program behind {@code bench/attack}. */
@Command(
        name = "attack",
        description = "Attack Lanyard beside an innocent pair of guests, and see what they lose.",
        mixinStandardHelpOptions = true)
public final class AttackCommand implements Callable<Integer> {
    private static final int WHOLE_SECONDS = 60;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "of each attack (${DEFAULT-VALUE}); with less, results in bench/target")
    private int seconds;

    @Option(
            names = "--only",
            paramLabel = "ATTACK",
            split = ",",
            description = "only attacks whose name starts so; results in bench/target")
    private List<String> only = List.of();

    @Option(names = "--list", description = "list the attacks and end")
    private boolean list;

    @Option(
            names = "--against",
            paramLabel = "CLONE",
            description =
                    "attack the switch of another clone, which is built; results in bench/target")
    private Path against;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /**
     * Ends the JVM: 0 all aims met, 1 one was missed or it failed, 2 usage.
     *
     * @param arguments the user's
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new AttackCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = Path.of(System.getProperty("lanyard.root", "")).toAbsolutePath();
        List<Attack> attacks =
                Attacks.all().stream()
                        .filter(a -> only.isEmpty() || only.stream().anyMatch(a.name()::startsWith))
                        .toList();
        if (list) {
            attacks.forEach(a -> out.printf("%-18s %s%n", a.name(), a.words()));
            return 0;
        }
        if (!Namespace.isPossible()) {
            System.err.println(
                    "bench/attack makes network namespaces and other users: run it as root");
            return 1;
        }
        Path target = root.resolve("bench/target");
        Natives natives =
                Natives.compile(root.resolve("bench/src/main/c"), target.resolve("native"));
        Path switchRoot = against == null ? root : against.toAbsolutePath();
        List<String> heading = heading(switchRoot);
        heading.forEach(out::println);
        List<AttackResult> results = run(attacks, switchRoot, natives);
        String text = new AttackReport(results).markdown(heading);
        boolean whole = only.isEmpty() && against == null && seconds >= WHOLE_SECONDS;
        Path file = (whole ? root.resolve("bench") : target).resolve("ATTACK.md");
        Files.writeString(file, text);
        out.println();
        out.print(text);
        out.println("\nwritten to " + file);
        return results.stream().allMatch(AttackResult::isMet) ? 0 : 1;
    }

    private List<AttackResult> run(List<Attack> attacks, Path switchRoot, Natives natives)
            throws IOException, InterruptedException {
        // Other users' programs pass it.
        Path scratch =
                Files.createTempDirectory(
                        "lanyard-attack",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx--x--x")));
        try {
            AttackTrial trial = new AttackTrial(switchRoot, natives, out, seconds);
            List<AttackResult> results = new ArrayList<>();
            for (Attack attack : attacks) {
                out.printf("%n%s: %s%n", attack.name(), attack.words());
                Path home = Files.createDirectory(scratch.resolve(attack.name()));
                AttackResult result = trial.run(attack, home);
                results.add(result);
                out.println(AttackReport.line(result));
            }
            return results;
        } finally {
            remove(scratch);
        }
    }

    private List<String> heading(Path switchRoot) throws InterruptedException {
        return List.of(
                LocalDate.now(ZoneOffset.UTC)
                        + ", `bench/attack`, "
                        + seconds
                        + " s of each attack",
                Machine.describe(),
                new LanyardSwitch(switchRoot, "").version(),
                "ratios are of the pair beside the attack to the pair beside programs that burn as"
                        + " much CPU, medians of neighbouring windows; aimed at: one way and round"
                        + " trips at least "
                        + AttackResult.LEAST_RATE
                        + ", p99 at most "
                        + AttackResult.MOST_P99
                        + " times, start and status within "
                        + AttackResult.MOST_SECONDS
                        + " s, memory within what the README says, and nothing ends");
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
        }
    }
}
