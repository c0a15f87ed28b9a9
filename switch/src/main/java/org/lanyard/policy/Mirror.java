package org.lanyard.policy;

import java.util.BitSet;
import java.util.Set;

/**
 * What a port gets copies of. Such a port gets nothing else, and what comes in by it is dropped.
 *
 * @param ports by name; a listening port's name means all its guests; none for all ports
 * @param vlans none for all
 * @param received whether frames are copied that come in by such a port
 * @param sent whether frames are copied that leave by such a port
 * @param snap bytes of a frame that are copied, {@link #WHOLE} for all
 */
public record Mirror(Set<String> ports, BitSet vlans, boolean received, boolean sent, int snap) {
    public static final int WHOLE = 0;

    public Mirror {
        ports = Set.copyOf(ports);
        vlans = (BitSet) vlans.clone();
    }

    @Override
    public BitSet vlans() {
        return (BitSet) vlans.clone();
    }

    public boolean covers(int vlan) {
        return vlans.isEmpty() || vlans.get(vlan);
    }

    /**
     * @param port a configured port's name, or a guest's such as {@code web/1}
     */
    public boolean covers(String port) {
        int slash = port.indexOf('/');
        return ports.isEmpty()
                || ports.contains(port)
                || slash > 0 && ports.contains(port.substring(0, slash));
    }
}
