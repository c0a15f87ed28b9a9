package org.lanyard.bench;

import java.util.List;

/**
 * Trials whose candidates run side by side, each started once.
 *
 * @param name for messages
 * @param turns how often a repetition goes through the trials
 * @param keepsAttached whether each candidate keeps its load for all turns of a repetition, while
 *     the others have theirs: where attaching takes long
 */
record Group(
        String name,
        List<Candidate> candidates,
        List<Trial> trials,
        Load load,
        int turns,
        boolean keepsAttached) {

    Group(String name, List<Candidate> candidates, List<Trial> trials, Load load) {
        this(name, candidates, trials, load, 1, false);
    }

    Group only(List<Trial> chosen) {
        return new Group(name, candidates, chosen, load, turns, keepsAttached);
    }
}
