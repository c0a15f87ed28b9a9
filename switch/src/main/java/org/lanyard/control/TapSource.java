package org.lanyard.control;

import java.io.IOException;
import org.lanyard.frame.SuperFrame;
import org.lanyard.tapio.Tap;

/** Where a port's TAP comes from, again and again. */
interface TapSource {
    /** With its headers a datagram is then no larger than a super-frame's pieces may be. */
    int LARGEST_MTU_FOR_UDP = SuperFrame.MAX_SIZE;

    /** Lets the kernel hand out whole pieces of flows, as far as ports can pass them on. */
    static void offload(Tap tap) throws IOException {
        tap.offload(tap.mtu() <= LARGEST_MTU_FOR_UDP);
    }

    /**
     * Opens it and sets it up, with headers and offloads.
     *
     * @throws IOException with a sentence for the user; nothing is left open then
     */
    Tap open() throws IOException;

    /** Where a port list shows it to lead. */
    String endpoint();

    /** In bytes, 0 where it is as the kernel has it. */
    int mtu();
}
