package org.lanyard.config;

import java.util.Optional;
import java.util.regex.Pattern;
import org.lanyard.frame.Mac;
import org.lanyard.policy.Vlans;

/**
 * An address that a configuration puts behind a port.
 *
 * @param vlan in which it is there, or {@link Vlans#NONE} for the one that is untagged at the port
 */
public record StaticMac(long mac, int vlan) {
    static final Pattern WRITTEN =
            Pattern.compile("[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}(/[0-9]{1,4})?");

    /**
     * The VLAN that it is in at a port, or {@link Vlans#NONE} where it is in none there.
     *
     * @param vlans the port's
     */
    public int vlanAt(Vlans vlans) {
        int meant = vlan == Vlans.NONE ? vlans.pvid() : vlan;
        return vlans.contains(meant) ? meant : Vlans.NONE;
    }

    /** Why it can't be behind a port with these VLANs, and what to do. */
    Optional<String> trouble(Vlans vlans) {
        if (vlanAt(vlans) != Vlans.NONE) {
            return Optional.empty();
        }
        return Optional.of(
                vlan == Vlans.NONE
                        ? "static-macs: "
                                + Mac.format(mac)
                                + " is in no VLAN, for the trunk has no native one; name it, as in"
                                + " \""
                                + Mac.format(mac)
                                + "/"
                                + vlans.tagged().nextSetBit(0)
                                + "\""
                        : "static-macs: " + this + ": the port is not in VLAN " + vlan);
    }

    /** As it is written. */
    @Override
    public String toString() {
        return Mac.format(mac) + (vlan == Vlans.NONE ? "" : "/" + vlan);
    }
}
