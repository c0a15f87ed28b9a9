package org.lanyard.frame;

import java.util.Locale;

/**
 * Why a frame was not forwarded. Each frame that enters is forwarded, or counted under exactly one
 * of these for each port that it did not reach: at the port where it entered when the switch
 * refused it, at the port where it should have left when that port could not take it.
 */
public enum DropReason {
    RUNT("shorter than an Ethernet header (14 bytes)"),
    OVERSIZE("announced a length above QEMU's maximum (69,632 bytes); the connection was closed"),
    TRUNCATED("the connection ended in the middle of it"),
    INVALID_SOURCE("its source address is a group or all zeros"),
    SAME_PORT("its destination is behind the port that it came from"),
    NO_OTHER_PORT("it was to be flooded, and no other port is up"),
    BACKLOG_FULL("the port reads too slowly and its backlog is full (tail drop)"),
    PORT_CLOSED("it waited in the port's backlog when the port was closed"),
    DRAINED("it came in while the port was being closed"),
    INTERFACE_DOWN("the TAP interface is down"),
    WORKER_BUSY("the data-plane thread of the port by which it was to leave is far behind"),
    WRITE_FAILED("the kernel refused to take it");

    private final String sentence;

    DropReason(String sentence) {
        this.sentence = sentence;
    }

    /** What happened, to be read after "dropped: ". */
    public String sentence() {
        return sentence;
    }

    /** As in JSON: {@code backlog-full}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
