package org.lanyard.gateway;

import java.util.Locale;

/** IPv4 or IPv6, in the words of nft(8) and of the kernel's settings (ip-sysctl.rst). */
enum Family {
    IP("ipv4", "ipv4/ip_forward"),
    IP6("ipv6", "ipv6/conf/all/forwarding");

    private final String protocol;
    private final String forwarding;

    Family(String protocol, String forwarding) {
        this.protocol = protocol;
        this.forwarding = forwarding;
    }

    static Family of(boolean isIpv4) {
        return isIpv4 ? IP : IP6;
    }

    /** As {@code meta nfproto} has it. */
    String protocol() {
        return protocol;
    }

    /** The file below /proc/sys/net by which the whole host forwards. */
    String forwarding() {
        return forwarding;
    }

    /** What {@link Forwarding} tells when it has switched that on or off. */
    String set(boolean on) {
        return "net." + forwarding.replace('/', '.') + " = " + (on ? 1 : 0);
    }

    /** What begins a match of an address, and names a family in a chain's name. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
