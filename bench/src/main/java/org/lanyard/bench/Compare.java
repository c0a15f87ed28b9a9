package org.lanyard.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program behind {@code bench/compare}. */
@Command(
        name = "compare",
        description = "Compare Lanyard with its peers on this machine, in one run.",
        mixinStandardHelpOptions = true)
public final class Compare implements Callable<Integer> {
    @Option(names = "--quick", description = "windows of one second; results in bench/target")
    private boolean quick;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "3",
            description = "repetitions, 3 or more for a result (${DEFAULT-VALUE})")
    private int repetitions;

    @Option(
            names = "--only",
            paramLabel = "TRIAL",
            split = ",",
            description = "only trials whose id starts so; results in bench/target")
    private List<String> only = List.of();

    @Option(names = "--list", description = "list the trials and end")
    private boolean list;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /**
     * Ends the JVM: 0 done, 1 failed, 2 usage.
     *
     * @param arguments the user's
     */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Compare()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = Path.of(System.getProperty("lanyard.root", "")).toAbsolutePath();
        Path bench = root.resolve("bench");
        Path target = bench.resolve("target");
        Natives natives = Natives.compile(bench.resolve("src/main/c"), target.resolve("native"));
        SyntheticSuite suite = new SyntheticSuite(root, natives);
        List<Group> groups = chosen(suite.groups());
        if (list) {
            groups.forEach(g -> g.trials().forEach(t -> out.println(t.id() + "  " + t.title())));
            return 0;
        }
        LoadGenerator generator =
                new LoadGenerator(natives.loadgen(), quick ? 0.5 : 1, quick ? 1 : 3);
        Comparison comparison = new Comparison(generator, repetitions, out);
        List<String> heading = heading(groups, generator);
        heading.forEach(out::println);
        runAll(comparison, groups);
        boolean whole = !quick && only.isEmpty() && repetitions >= 3;
        write(whole ? bench : target, suite, groups, comparison.outcome(), heading);
        return 0;
    }

    private List<Group> chosen(List<Group> groups) {
        List<Group> chosen = new ArrayList<>();
        for (Group group : groups) {
            List<Trial> trials =
                    group.trials().stream()
                            .filter(
                                    t ->
                                            only.isEmpty()
                                                    || only.stream().anyMatch(t.id()::startsWith))
                            .toList();
            if (!trials.isEmpty()) {
                chosen.add(new Group(group.name(), group.candidates(), trials));
            }
        }
        return chosen;
    }

    private static void runAll(Comparison comparison, List<Group> groups)
            throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("lanyard-bench");
        try {
            for (Group group : groups) {
                comparison.run(group, directory);
            }
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
            }
        }
    }

    private List<String> heading(List<Group> groups, LoadGenerator generator)
            throws InterruptedException {
        Map<String, String> versions = new LinkedHashMap<>();
        for (Group group : groups) {
            for (Candidate candidate : group.candidates()) {
                if (!versions.containsKey(candidate.name())) {
                    versions.put(
                            candidate.name(),
                            candidate.isAvailable() ? candidate.version() : "not installed");
                }
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(LocalDate.now(ZoneOffset.UTC) + ", `bench/compare`");
        lines.add(Machine.describe());
        versions.forEach((name, version) -> lines.add(name + ": " + version));
        lines.add(
                String.format(
                        Locale.ROOT,
                        "%d repetitions, the candidates in turn; %.1f s of warm-up, %.1f s of"
                                + " window; sizes are without FCS; as many frames are offered as"
                                + " are taken",
                        repetitions,
                        generator.warmup(),
                        generator.seconds()));
        return lines;
    }

    private void write(
            Path directory,
            SyntheticSuite suite,
            List<Group> groups,
            Outcome outcome,
            List<String> heading)
            throws IOException {
        Report report = new Report(groups, suite.targets(), outcome);
        String text = report.markdown(heading, "results.svg");
        Files.writeString(directory.resolve("results.svg"), new Plot(groups, outcome).svg());
        Path file = Files.writeString(directory.resolve("RESULTS.md"), text);
        out.println();
        out.print(text);
        out.println("\nwritten to " + file);
    }
}
