package org.lanyard.bench;

import java.util.List;

/**
 * Trials whose candidates run side by side, each started once.
 *
 * @param name for messages
 * @param turns how often a load once attached is measured, where attaching takes long: all
 *     candidates have theirs attached meanwhile. 0 to attach it for each trial and turn
 */
record Group(String name, List<Candidate> candidates, List<Trial> trials, Load load, int turns) {

    Group(String name, List<Candidate> candidates, List<Trial> trials, Load load) {
        this(name, candidates, trials, load, 0);
    }

    Group only(List<Trial> chosen) {
        return new Group(name, candidates, chosen, load, turns);
    }

    /** Whether each candidate keeps its load while the others have their turn. */
    boolean isKeptAttached() {
        return turns > 0;
    }
}
