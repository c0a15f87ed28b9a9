package org.lanyard.control;

import org.lanyard.gateway.Programs;
import org.lanyard.tapio.Enclosure;

/** What the processes of user ports are shut in by on this host; found out when it is wanted. */
final class Enclosures {
    /** May take a moment when it is first used. */
    static final Enclosure HOST =
            Enclosure.best(Programs.find("unshare"), Programs.find("setpriv"), true);

    private Enclosures() {}
}
