package org.lanyard.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the host does for those behind its TAP.
 *
 * @param nat lets the TAP's networks reach whatever the host reaches, under the host's addresses
 * @param hairpin whether with nat they also reach each other by way of the host, and those behind
 *     other TAPs; isolated guests too
 * @param dhcp gives them addresses
 * @param tftp the directory that they may read files of by TFTP
 * @param bootfile what DHCP tells them to boot
 */
public record Gateway(
        boolean nat,
        boolean hairpin,
        Optional<Dhcp> dhcp,
        Optional<String> tftp,
        Optional<String> bootfile) {
    /** Nothing. */
    public static final Gateway NONE =
            new Gateway(false, false, Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Addresses for guests, by DHCP for IPv4 (RFC 2131).
     *
     * @param first of the addresses that are given
     * @param lease from 2 minutes, in whole seconds
     * @param servesDns whether the host resolves names for them, at the TAP's address
     * @param dns other servers that they are told of
     * @param router that they are told of; empty for none
     */
    public record Dhcp(
            InetAddress first,
            InetAddress last,
            Duration lease,
            boolean servesDns,
            List<InetAddress> dns,
            Optional<InetAddress> router,
            Optional<String> domain) {
        public Dhcp {
            dns = List.copyOf(dns);
        }
    }

    /** This, with what another says of nat and hairpin. */
    public Gateway withNatOf(Gateway other) {
        return new Gateway(other.nat, other.hairpin, dhcp, tftp, bootfile);
    }

    public boolean isNone() {
        return equals(NONE);
    }
}
