package org.lanyard.bench;

import java.util.List;
import java.util.Set;

/**
 * One thing that is measured.
 *
 * @param id short, for messages and targets
 * @param title for the table
 * @param standard what RFC 2544, 2285 or 2889 call it
 * @param load the load generator's arguments
 * @param candidates those that can do it
 * @param metrics the figures told
 */
record Trial(
        String id,
        String title,
        String standard,
        Placement placement,
        List<String> load,
        Set<String> candidates,
        List<Metric> metrics) {}
