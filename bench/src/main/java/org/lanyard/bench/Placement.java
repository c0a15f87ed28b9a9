package org.lanyard.bench;

import java.io.IOException;
import java.util.List;

/** Where a candidate and the guests run: the same for all candidates of a trial. */
enum Placement {
    FREE("wherever the scheduler puts them", null, null),
    ONE_CORE("all on core 0", "0", "0"),
    TWO_CORES("guests on core 0, switch on core 1", "0", "1");

    private final String words;
    private final String guests;
    private final String candidate;

    Placement(String words, String guests, String candidate) {
        this.words = words;
        this.guests = guests;
        this.candidate = candidate;
    }

    String words() {
        return words;
    }

    boolean isPossible() {
        return this != TWO_CORES || Runtime.getRuntime().availableProcessors() > 1;
    }

    /** What stands in front of the load generator's command. */
    List<String> prefix() {
        return guests == null ? List.of() : List.of("taskset", "-c", guests);
    }

    /** Moves a running candidate's threads, all of them. */
    void place(long pid) throws IOException, InterruptedException {
        String cores =
                candidate == null
                        ? "0-" + (Runtime.getRuntime().availableProcessors() - 1)
                        : candidate;
        Commands.output(10, List.of("taskset", "-a", "-cp", cores, Long.toString(pid)));
    }
}
