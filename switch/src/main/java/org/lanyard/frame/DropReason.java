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
    RESERVED_GROUP("it is for bridges only (01:80:c2:00:00:0x), and a port is not transparent"),
    MAC_CONTROL(
            "it is flow control between two ends of a cable (PAUSE, PFC): no bridge passes it on"),
    SOURCE_NOT_ALLOWED("its source is not among the port's allow-macs"),
    SPOOFED_SOURCE("its source address is behind another port, which guards it (guard-macs)"),
    MAC_LIMIT("its source is one address too many for the port (mac-limit) or the switch"),
    ISOLATED("the port that it came in by and that of its destination are both isolated"),
    MIRROR_PORT("the port is a mirror: it gets copies, and nothing comes in by it"),
    NOT_ADMITTED("the port lets only tagged, or only untagged frames in"),
    NO_VLAN("it is untagged and the port has no native VLAN, or names VLAN 4095"),
    VLAN_NOT_ALLOWED("the port that it came in by is not in its VLAN"),
    NOT_A_MEMBER("the port behind which its destination is, is not in its VLAN"),
    NESTED_TAG("without its own tag it would begin with another VLAN's (see nested-tags)"),
    TAG_TOO_MUCH("with the tag that it needs it is longer than QEMU takes (69,632 bytes)"),
    INGRESS_LIMIT("more came in than the port's ingress limit lets in"),
    EGRESS_LIMIT("more was to leave than the port's egress limit lets out"),
    STORM(
            "more broadcast, multicast or unknown frames came in than the port's storm limit lets in"),
    WIRE_LOST("the port's impaired wire lost it, as it was told to"),
    WIRE_FULL("more was under way on the port's impaired wire than its queue holds"),
    NO_OTHER_PORT("it was to be flooded, and no other port is up that may have it"),
    BACKLOG_FULL("the port reads too slowly and its backlog is full (tail drop)"),
    PORT_CLOSED("it waited in the port's backlog when the port was closed"),
    DRAINED("it came in while the port was being closed"),
    INTERFACE_DOWN("the interface is down"),
    INTERFACE_FULL("the interface's own queue is full: it sends more slowly than it is given"),
    ABOVE_MTU(
            "it is longer than the interface's MTU lets pass; where it is so for its tags, give the"
                    + " interface an MTU of 4 more for each"),
    NOT_READ("more came in by the interface than was read, and the kernel's buffer was full"),
    WORKER_BUSY("the data-plane thread of the port by which it was to leave is far behind"),
    NOT_SEGMENTED("the host sent it for offload, and it could not be cut into frames"),
    NO_BUFFER("it was to leave in another form, and there was no memory left to copy it to"),
    STUMBLED("the switch has a fault and stumbled over it: the log has more, please report it"),
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
