package org.lanyard.bench;

import java.util.List;

/**
 * Trials whose candidates run side by side, each started once.
 *
 * @param name for messages
 */
record Group(String name, List<Candidate> candidates, List<Trial> trials) {}
