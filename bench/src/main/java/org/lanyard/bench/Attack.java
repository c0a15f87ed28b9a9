package org.lanyard.bench;

import java.io.IOException;
import java.util.List;

/**
 * Something that hostile guests or a failing world do to a switch. It is made once and plays in
 * scenes of its own; nothing is kept between runs.
 */
abstract class Attack {
    private final String name;
    private final String words;

    /**
     * @param name short, for {@code --only}
     * @param words what is done, for people
     */
    Attack(String name, String words) {
        this.name = name;
        this.words = words;
    }

    final String name() {
        return name;
    }

    final String words() {
        return words;
    }

    /**
     * The switch's, in TOML; the pair's guests come to {@code guests.sock}.
     *
     * @param scene the attacked one, or the one beside which nothing happens
     */
    String configuration(Scene scene) {
        return Scene.CONFIGURATION;
    }

    /** What the pair does in turn; one of them at least tells a rate, and one round trips. */
    List<Probe> probes(Natives natives) {
        return List.of(
                Probe.pair(natives, "round trips", true, "--pattern", "round-trip"),
                Probe.pair(natives, "one way", false, "--size", "1514"));
    }

    /** Whether the switch runs in a network namespace of its own. */
    boolean needsNamespace() {
        return false;
    }

    /** Before the switch starts: what the scene needs beside it. */
    void prepare(Scene scene) throws IOException, InterruptedException {}

    /** Words in front of the switch's command. */
    List<String> prefix(Scene scene) {
        return List.of();
    }

    /** The command that starts the switch. */
    String command() {
        return "start";
    }

    /**
     * Runs that until guests can connect.
     *
     * @param seconds that it may take
     */
    void launch(Scene scene, List<String> command, int seconds)
            throws IOException, InterruptedException {
        try {
            Commands.output(seconds, command);
        } catch (IOException e) {
            throw new IOException(command() + " failed, or took longer than " + seconds + " s", e);
        }
    }

    /** Once the switch runs, before the first window. */
    void settle(Scene scene) throws IOException, InterruptedException {}

    /** Whether it goes on from the first window to the last, rather than from window to window. */
    boolean lasts() {
        return false;
    }

    /** Whether it is done at once, so that two windows are enough. */
    boolean isBrief() {
        return false;
    }

    /** Whether the pair is there before it begins: it attaches and is known. */
    boolean pairComesFirst() {
        return true;
    }

    /** How long the pair is known before it begins, where the pair comes first. */
    int knownMillis() {
        return 700;
    }

    /** Begins; what it starts is ended by whoever asked for it. */
    abstract List<Attacker> begin(Scene scene) throws IOException, InterruptedException;

    /** What else has to be undone. */
    void end(Scene scene) throws IOException, InterruptedException {}

    /** While it goes on, after a window: what is wrong that figures don't tell, as sentences. */
    List<String> look(Scene scene) throws IOException, InterruptedException {
        return List.of();
    }

    /** After the last window, while it still goes on if it lasts: likewise. */
    List<String> lookBack(Scene scene) throws IOException, InterruptedException {
        return List.of();
    }

    /** Once it is over: what is not as it was. */
    List<String> lookAfter(Scene scene) throws IOException, InterruptedException {
        return List.of();
    }

    /** What the switch's process may have in memory at most, in MiB. */
    int mostMib() {
        return MemoryBound.mib(0, 0, 0);
    }
}
