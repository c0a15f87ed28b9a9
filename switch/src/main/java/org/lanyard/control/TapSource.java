package org.lanyard.control;

import java.io.IOException;
import java.util.Optional;
import org.lanyard.frame.SuperFrame;
import org.lanyard.policy.Vlans;
import org.lanyard.tapio.Tap;

/**
 * Where a port's TAP comes from, again and again. All may wait, and is done on the port's {@link
 * Lane}; but for what a port list shows, which any thread may ask for.
 */
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
     * @throws IOException with a sentence for the user; nothing is left open the first time
     */
    Tap open() throws IOException;

    /** Lets go of it. */
    default void close(Tap tap) {
        tap.close();
    }

    /** Where {@link #open} failed again, it is not tried any more. */
    default void letGo() {}

    /** Whether it can be opened as far as that can be seen while another has it. */
    default void check() throws IOException {}

    /** Why it serves nobody any more, though its descriptor does not tell. */
    default Optional<String> fault(Tap tap) throws IOException {
        return Optional.empty();
    }

    /** Why frames are lost that are written to it, though no write tells. */
    default Optional<String> outage(Tap tap) throws IOException {
        return Optional.empty();
    }

    /**
     * What it lacks, though it goes on.
     *
     * @param slot of its port
     * @param vlans that the port is in
     */
    default Optional<String> lack(Tap tap, int slot, Vlans vlans) throws IOException {
        return Optional.empty();
    }

    /** For the log. */
    default String describe(Tap tap) {
        return "TAP " + tap.name() + (tap.created() ? " (made)" : "");
    }

    /** Where a port list shows it to lead. */
    String endpoint();

    /** In bytes, 0 where it is as the kernel has it. */
    int mtu();
}
