package org.lanyard.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** {@code bench/fuzz}: as many targets at once as there are cores, each for some minutes. */
final class FuzzCommand {
    private static final long PULSE_SECONDS = 15;
    private static final long MINIMISE_SECONDS = 600;

    private final Path bench;
    private final Path results;
    private final Set<Fuzzing> running = ConcurrentHashMap.newKeySet();
    private final List<String> failed = new ArrayList<>();

    private FuzzCommand(Path bench) {
        this.bench = bench;
        this.results = bench.resolve("target/fuzz");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(Fuzzing::close)));
    }

    /** {@code BENCH --list | --replay TARGET FILE… | MINUTES [TARGET…]}. */
    public static void main(String[] words) throws Throwable {
        FuzzCommand command = new FuzzCommand(Path.of(words[0]));
        List<String> rest = Arrays.asList(words).subList(1, words.length);
        switch (rest.isEmpty() ? "" : rest.get(0)) {
            case "--list" -> command.targets(List.of()).forEach(t -> System.out.println(t.name()));
            case "--replay" -> command.replay(rest.get(1), rest.subList(2, rest.size()));
            default -> System.exit(command.fuzz(rest));
        }
    }

    private List<Target> targets(List<String> names) throws IOException {
        List<Target> all = Target.all(bench);
        for (String name : names) {
            if (all.stream().noneMatch(target -> target.name().equals(name))) {
                String known = String.join(", ", all.stream().map(Target::name).toList());
                System.err.println("fuzz: no target '" + name + "'; there are " + known);
                System.exit(2);
            }
        }
        return all.stream().filter(t -> names.isEmpty() || names.contains(t.name())).toList();
    }

    private void replay(String name, List<String> files) throws Throwable {
        Replay replay = new Replay(targets(List.of(name)).get(0).className());
        for (String file : files) {
            System.out.println(file);
            replay.give(Files.readAllBytes(Path.of(file)));
        }
        System.out.println("nothing was thrown");
    }

    private int fuzz(List<String> words) throws Exception {
        if (words.isEmpty() || !words.get(0).matches("\\d+(\\.\\d+)?")) {
            System.err.println("fuzz: how many minutes? See bench/fuzz --help");
            return 2;
        }
        long seconds = Math.max(1, Math.round(60 * Double.parseDouble(words.get(0))));
        Deque<Target> left = new ArrayDeque<>(targets(words.subList(1, words.size())));
        int most = Runtime.getRuntime().availableProcessors();
        long told = System.nanoTime();
        while (!left.isEmpty() || !running.isEmpty()) {
            while (running.size() < most && !left.isEmpty()) {
                Target target = left.remove();
                System.out.printf("%-16s begins, for %d s%n", target.name(), seconds);
                running.add(Fuzzing.start(target, directory(target), seconds));
            }
            Thread.sleep(500);
            if (System.nanoTime() - told > PULSE_SECONDS * 1_000_000_000) {
                told = System.nanoTime();
                running.forEach(this::tell);
            }
            for (Fuzzing fuzzing : List.copyOf(running)) {
                if (!fuzzing.isAlive()) {
                    running.remove(fuzzing);
                    end(fuzzing);
                }
            }
        }
        System.out.println(failed.isEmpty() ? "nothing was found" : "found by " + failed);
        return failed.isEmpty() ? 0 : 1;
    }

    private Path directory(Target target) {
        return results.resolve(target.name());
    }

    private void tell(Fuzzing fuzzing) {
        System.out.printf("%-16s %s%n", fuzzing.target().name(), fuzzing.pulse());
    }

    private void end(Fuzzing fuzzing) throws Exception {
        Target target = fuzzing.target();
        tell(fuzzing);
        if (!fuzzing.passed()) {
            failed.add(target.name());
            System.out.println(fuzzing.log(40));
            for (Path finding : fuzzing.findings()) {
                System.out.println(
                        "again:    bench/fuzz --replay " + target.name() + " " + finding);
            }
            return;
        }
        minimise(target);
    }

    private void minimise(Target target) throws Exception {
        Path to = directory(target).resolve("corpus");
        empty(to);
        try (Fuzzing merge = Fuzzing.minimise(target, directory(target), to)) {
            running.add(merge);
            if (merge.await(MINIMISE_SECONDS) && merge.passed()) {
                System.out.printf("%-16s corpus: %s%n", target.name(), to);
            } else {
                System.out.println(target.name() + ": its corpus stays as it is: " + merge.log());
            }
            running.remove(merge);
        }
    }

    private static void empty(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
