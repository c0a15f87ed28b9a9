package org.lanyard.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A network namespace of ours; whatever is in it goes with it. */
record Namespace(String name) implements AutoCloseable {
    private static final int LIMIT_SECONDS = 20;

    /** Whether this user may make one. */
    static boolean isPossible() {
        return Commands.find("ip") != null && "root".equals(System.getProperty("user.name"));
    }

    static Namespace create(String purpose) throws IOException, InterruptedException {
        String name = "lanyard-" + ProcessHandle.current().pid() + "-" + purpose;
        Commands.output(LIMIT_SECONDS, List.of("ip", "netns", "add", name));
        Namespace created = new Namespace(name);
        created.ip("link set lo up");
        return created;
    }

    static List<String> prefix(String name) {
        return List.of("ip", "netns", "exec", name);
    }

    /** A command that runs in it. */
    List<String> inside(List<String> command) {
        List<String> whole = new ArrayList<>(prefix(name));
        whole.addAll(command);
        return whole;
    }

    /**
     * Runs {@code ip} on it.
     *
     * @param words of the command, apart by single blanks
     */
    void ip(String words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(Arrays.asList(words.split(" ")));
        Commands.output(LIMIT_SECONDS, command);
    }

    boolean has(String link) throws IOException, InterruptedException {
        String links =
                Commands.output(LIMIT_SECONDS, List.of("ip", "-n", name, "-o", "link", "show"));
        return links.contains(": " + link + ":") || links.contains(": " + link + "@");
    }

    @Override
    public void close() throws IOException {
        try {
            Commands.output(LIMIT_SECONDS, List.of("ip", "netns", "delete", name));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
