package org.lanyard.capture;

import java.util.Set;

/**
 * What a capture is to see.
 *
 * @param ports their names, a listening port's for all its guests; empty for all ports
 * @param vlan 1 to 4094, or {@link #ANY_VLAN}
 * @param snap bytes kept of each frame, at least 1, or {@link #WHOLE}
 */
public record Filter(Set<String> ports, int vlan, int snap) {
    public static final int ANY_VLAN = 0;

    /** As in pcapng's SnapLen. */
    public static final int WHOLE = 0;

    /**
     * @param port a port that frames pass, {@code web/1} for example
     */
    public boolean covers(String port) {
        int slash = port.lastIndexOf('/');
        return ports.isEmpty()
                || ports.contains(port)
                || slash > 0 && ports.contains(port.substring(0, slash));
    }

    int kept(int length) {
        return snap == WHOLE ? length : Math.min(snap, length);
    }
}
