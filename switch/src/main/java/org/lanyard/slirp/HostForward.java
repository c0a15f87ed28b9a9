package org.lanyard.slirp;

import java.net.Inet4Address;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the host's that leads to a port of a guest's, as QEMU's {@code hostfwd=} has it: {@code
 * tcp:127.0.0.1:2222-10.0.2.15:22}. Without a host address it listens on all of the host's; without
 * a guest's it leads to the first address that DHCP gives.
 *
 * @param hostPort 1 to 65535, as is the guest's
 */
public record HostForward(
        boolean udp,
        Optional<Inet4Address> host,
        int hostPort,
        Optional<Inet4Address> guest,
        int guestPort) {
    /** How it is written, but for numbers that are too large. */
    public static final Pattern WRITTEN =
            Pattern.compile("(tcp|udp):([0-9.]*):(\\d{1,5})-([0-9.]*):(\\d{1,5})");

    /**
     * @throws IllegalArgumentException with a sentence, when it is none
     */
    public static HostForward parse(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is no forward such as \"tcp:127.0.0.1:2222-:22\", which is"
                            + " tcp|udp:[HOST ADDRESS]:PORT-[GUEST ADDRESS]:PORT");
        }
        return new HostForward(
                matcher.group(1).equals("udp"),
                address(matcher.group(2)),
                port(text, matcher.group(3)),
                address(matcher.group(4)),
                port(text, matcher.group(5)));
    }

    private static Optional<Inet4Address> address(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(Ip4.parse(text));
    }

    private static int port(String forward, String text) {
        int port = Integer.parseInt(text);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "'" + forward + "': port " + text + " is not from 1 to 65535");
        }
        return port;
    }

    /** What two forwards can't both have. */
    public String listensAt() {
        return (udp ? "udp:" : "tcp:") + text(host) + ":" + hostPort;
    }

    /** As it is written. */
    @Override
    public String toString() {
        return listensAt() + "-" + text(guest) + ":" + guestPort;
    }

    private static String text(Optional<Inet4Address> address) {
        return address.map(Inet4Address::getHostAddress).orElse("");
    }
}
