package org.lanyard.slirp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IPv4 addresses as numbers: 10.0.2.15 is 0x0a00020f. Nothing here asks a name server. */
final class Ip4 {
    private static final Pattern WRITTEN = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private Ip4() {}

    /**
     * @throws IllegalArgumentException with a sentence, when it is none
     */
    static Inet4Address parse(String text) {
        try {
            if (WRITTEN.matcher(text).matches()) {
                return (Inet4Address) InetAddress.getByName(text);
            }
        } catch (UnknownHostException e) {
            // told below
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no IPv4 address such as \"10.0.2.2\"");
    }

    static int number(Inet4Address address) {
        byte[] bytes = address.getAddress();
        return (bytes[0] & 0xff) << 24
                | (bytes[1] & 0xff) << 16
                | (bytes[2] & 0xff) << 8
                | bytes[3] & 0xff;
    }

    static Inet4Address of(int number) {
        byte[] bytes = {
            (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
        };
        try {
            return (Inet4Address) InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** The high bits of a network with that prefix length, 1 to 32. */
    static int mask(int prefixLength) {
        return -1 << (32 - prefixLength);
    }
}
