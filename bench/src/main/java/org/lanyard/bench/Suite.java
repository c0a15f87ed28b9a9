package org.lanyard.bench;

import java.util.List;

/** Trials that belong together, and what is aimed at in them. */
interface Suite {
    List<Group> groups();

    List<Target> targets();
}
