package org.lanyard.port;

import org.lanyard.frame.Slab;

/** Where forwarding puts the frames of a slab, each with the port by which it is to leave. */
public interface Dispatch {
    /** The slab that the frames are in. */
    Slab slab();

    /**
     * Adds one frame for one port. What can't be taken is dropped and counted at that port.
     *
     * @param start of the frame's length prefix in the slab
     * @param end behind the frame
     */
    void add(Port egress, int start, int end);
}
