package org.lanyard.control;

import java.util.Set;

/** Who is at the other end of the control socket, and may be told things later. */
interface Client extends Events.Listener, Captures.Client {
    int uid();

    /** All groups that its process had when it connected. */
    Set<Integer> groups();
}
