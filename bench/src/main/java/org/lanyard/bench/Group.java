package org.lanyard.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Trials whose candidates run side by side, each started once.
 *
 * @param name for messages
 * @param isTurnForAll whether a candidate goes through all trials in one turn, because attaching
 *     the load takes long; else each trial goes through all candidates
 */
record Group(
        String name,
        List<Candidate> candidates,
        List<Trial> trials,
        Load load,
        boolean isTurnForAll) {

    Group(String name, List<Candidate> candidates, List<Trial> trials, Load load) {
        this(name, candidates, trials, load, false);
    }

    Group only(List<Trial> chosen) {
        return new Group(name, candidates, chosen, load, isTurnForAll);
    }

    /** The trials that a candidate does in one turn, turn after turn. */
    List<List<Trial>> turns() {
        if (isTurnForAll) {
            return List.of(trials);
        }
        List<List<Trial>> turns = new ArrayList<>();
        trials.forEach(trial -> turns.add(List.of(trial)));
        return turns;
    }
}
