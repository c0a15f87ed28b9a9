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
        Path scratch = Files.createTempDirectory("lanyard-bench");
        try {
            List<Suite> suites = suites(root, target, scratch);
            List<Group> groups = chosen(suites);
            if (list) {
                groups.forEach(
                        g -> g.trials().forEach(t -> out.println(t.id() + "  " + t.title())));
                return 0;
            }
            Comparison comparison = new Comparison(repetitions, out);
            List<String> heading = heading(groups);
            heading.forEach(out::println);
            for (Group group : groups) {
                comparison.run(group, scratch);
            }
            boolean whole = !quick && only.isEmpty() && repetitions >= 3;
            List<Target> targets = suites.stream().flatMap(s -> s.targets().stream()).toList();
            write(whole ? bench : target, groups, targets, comparison.outcome(), heading);
            return 0;
        } finally {
            remove(scratch);
        }
    }

    private List<Suite> suites(Path root, Path target, Path scratch)
            throws IOException, InterruptedException {
        Natives natives =
                Natives.compile(root.resolve("bench/src/main/c"), target.resolve("native"));
        LoadGenerator generator =
                new LoadGenerator(natives.loadgen(), quick ? 0.5 : 1, quick ? 1 : 3);
        Iperf iperf = quick ? new Iperf(1, 1) : new Iperf(1, 4);
        return List.of(
                new SyntheticSuite(root, natives, generator),
                new WorkerSuite(root, generator),
                new PolicySuite(root, generator),
                new GuestSuite(root, scratch, iperf),
                new TapSuite(root, natives.tapRelay(), iperf),
                new TunnelSuite(root, scratch, iperf),
                new GuestToTapSuite(root, TcpGuest.of(natives, quick)));
    }

    private List<Group> chosen(List<Suite> suites) {
        List<Group> chosen = new ArrayList<>();
        for (Group group : suites.stream().flatMap(s -> s.groups().stream()).toList()) {
            List<Trial> trials =
                    group.trials().stream()
                            .filter(
                                    t ->
                                            only.isEmpty()
                                                    || only.stream().anyMatch(t.id()::startsWith))
                            .toList();
            if (!trials.isEmpty()) {
                chosen.add(group.only(trials));
            }
        }
        return chosen;
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
        }
    }

    private List<String> heading(List<Group> groups) throws InterruptedException {
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
        lines.add(repetitions + " repetitions, the candidates in turn");
        groups.stream().map(group -> group.load().words()).distinct().forEach(lines::add);
        return lines;
    }

    private void write(
            Path directory,
            List<Group> groups,
            List<Target> targets,
            Outcome outcome,
            List<String> heading)
            throws IOException {
        Report report = new Report(groups, targets, outcome);
        String text = report.markdown(heading, "results.svg");
        Files.writeString(directory.resolve("results.svg"), new Plot(groups, outcome).svg());
        Path file = Files.writeString(directory.resolve("RESULTS.md"), text);
        out.println();
        out.print(text);
        out.println("\nwritten to " + file);
    }
}
