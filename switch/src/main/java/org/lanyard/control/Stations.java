package org.lanyard.control;

import java.util.stream.Stream;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.policy.Vlans;
import org.lanyard.port.Port;

/** Who is behind which port, as far as the forwarding database knows. */
final class Stations {
    private final Fabric fabric;
    private final Clock clock;

    Stations(Fabric fabric, Clock clock) {
        this.fabric = fabric;
        this.clock = clock;
    }

    /** The name of the port that an address is behind in a VLAN, or null. */
    String portOf(long mac, int vlan) {
        int slot = fabric.fdb().lookUp(Fdb.key(mac, vlan));
        Port port = slot < 0 ? null : fabric.topology().at(slot);
        return port == null ? null : port.name();
    }

    /** How many addresses but this one are in those VLANs and not behind the port at that slot. */
    long others(long mac, int slot, Vlans vlans) {
        return Stream.of(fabric.fdb().entries(clock.seconds()))
                .filter(entry -> entry.slot() != slot && vlans.contains(entry.vlan()))
                .mapToLong(Fdb.Entry::mac)
                .filter(other -> other != mac)
                .distinct()
                .count();
    }
}
