package org.lanyard.demo;

import java.io.PrintWriter;
import java.util.Locale;

/** Tells what happens, step by step, with how long each took. */
final class Story {
    /** One step; returns what came out of it in a few words. */
    @FunctionalInterface
    interface Step {
        String take() throws Exception;
    }

    private final PrintWriter out;

    Story(PrintWriter out) {
        this.out = out;
    }

    void say(String text) {
        out.println(text);
        out.flush();
    }

    /** Indented, as what a program printed. */
    void quote(String text) {
        text.lines().forEach(line -> say("      " + line));
    }

    void step(String what, Step step) throws Exception {
        out.print("  • " + what + " … ");
        out.flush();
        long start = System.nanoTime();
        try {
            String outcome = step.take();
            double seconds = (System.nanoTime() - start) / 1e9;
            say(String.format(Locale.ROOT, "%s (%.1f s)", outcome, seconds));
        } catch (Exception e) {
            say("failed");
            throw e;
        }
    }
}
