package org.lanyard.policy;

/**
 * Which floods leave by a port: the kernel's bridge calls them {@code flood}, {@code mcast_flood}
 * and {@code bcast_flood}.
 *
 * @param unknown stations whose port is not known
 * @param multicast groups
 * @param broadcast all stations
 */
public record Flooding(boolean unknown, boolean multicast, boolean broadcast) {
    public static final Flooding ALL = new Flooding(true, true, true);
}
