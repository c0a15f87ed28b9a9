package org.lanyard.slirp;

import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The network that guests see behind a {@code user} port, with the meaning and the defaults of
 * QEMU's {@code -netdev user} (net/slirp.c). Immutable; it travels to the child process as words of
 * its command line.
 *
 * @param network its first address
 * @param prefixLength {@value #SHORTEST_PREFIX} to {@value #LONGEST_PREFIX}
 * @param host what guests call the host; their gateway
 * @param dns what guests call the name server
 * @param dhcpStart the first of the 16 addresses that DHCP gives
 * @param tftp a directory that is served read-only
 * @param bootfile what DHCP tells guests to boot
 * @param restrict whether guests reach nothing but each other, forwards excepted
 * @param ipv6 whether the network has IPv6 (fec0::/64) too
 * @param loopback whether guests reach servers on the host's loopback, at {@code host}; empty where
 *     nothing is said, and it depends on who may be a guest
 * @param smb a directory that is shared with them
 */
public record UserNetwork(
        Inet4Address network,
        int prefixLength,
        Inet4Address host,
        Inet4Address dns,
        Inet4Address dhcpStart,
        Optional<Path> tftp,
        Optional<String> bootfile,
        boolean restrict,
        boolean ipv6,
        Optional<Boolean> loopback,
        Optional<SmbShare> smb) {
    /** As QEMU has it. */
    public static final Inet4Address DEFAULT_NETWORK = Ip4.of(0x0a000200);

    public static final int DEFAULT_PREFIX = 24;
    public static final int SHORTEST_PREFIX = 8;

    /** DHCP's 16 addresses and those before them have to fit. */
    public static final int LONGEST_PREFIX = 27;

    /** NB_BOOTP_CLIENTS of libslirp's bootp.h. */
    public static final int DHCP_ADDRESSES = 16;

    private static final int HOST = 0x0202;
    private static final int DNS = 0x0203;
    private static final int SMB = 0x0204;
    private static final int DHCP_START = 0x020f;

    /** A network without anything special. */
    public static UserNetwork of(Inet4Address inside, int prefixLength) {
        return new UserNetwork(
                Ip4.of(Ip4.number(inside) & Ip4.mask(prefixLength)),
                prefixLength,
                at(inside, prefixLength, HOST),
                at(inside, prefixLength, DNS),
                at(inside, prefixLength, DHCP_START),
                Optional.empty(),
                Optional.empty(),
                false,
                true,
                Optional.empty(),
                Optional.empty());
    }

    /** The same, but for the directory that is served read-only. */
    UserNetwork withTftp(Optional<Path> directory) {
        return new UserNetwork(
                network,
                prefixLength,
                host,
                dns,
                dhcpStart,
                directory,
                bootfile,
                restrict,
                ipv6,
                loopback,
                smb);
    }

    /** The same, but for whether guests reach the host's loopback. */
    public UserNetwork withLoopback(Optional<Boolean> other) {
        return new UserNetwork(
                network,
                prefixLength,
                host,
                dns,
                dhcpStart,
                tftp,
                bootfile,
                restrict,
                ipv6,
                other,
                smb);
    }

    /** Where a shared directory is served unless it is said (net/slirp.c: .2.4, or .4). */
    public Inet4Address smbServer() {
        return at(network, prefixLength, SMB);
    }

    private static Inet4Address at(Inet4Address inside, int prefixLength, int number) {
        int mask = Ip4.mask(prefixLength);
        return Ip4.of(Ip4.number(inside) & mask | number & ~mask);
    }

    /**
     * An address of this network.
     *
     * @throws IllegalArgumentException with a sentence, when it is none
     */
    public Inet4Address inside(String text) {
        Inet4Address address = Ip4.parse(text);
        int rest = Ip4.number(address) & ~Ip4.mask(prefixLength);
        if ((Ip4.number(address) & Ip4.mask(prefixLength)) != Ip4.number(network)) {
            throw new IllegalArgumentException("'" + text + "' is not in " + cidr());
        }
        if (rest == 0 || rest == ~Ip4.mask(prefixLength)) {
            throw new IllegalArgumentException("'" + text + "' is no single host of " + cidr());
        }
        return address;
    }

    /** Whether DHCP gives this address to a guest, or would have to beyond the network's end. */
    public boolean isLeased(Inet4Address address) {
        int offset = Ip4.number(address) - Ip4.number(dhcpStart);
        return offset >= 0 && offset < DHCP_ADDRESSES;
    }

    /** Whether all that DHCP gives is in the network. */
    public boolean hasRoomForLeases() {
        int last = Ip4.number(dhcpStart) + DHCP_ADDRESSES - 1;
        int broadcast = Ip4.number(network) | ~Ip4.mask(prefixLength);
        return Integer.compareUnsigned(last, broadcast) < 0;
    }

    /** Such as {@code 10.0.2.0/24}. */
    public String cidr() {
        return network.getHostAddress() + "/" + prefixLength;
    }

    /** Words that {@link #parse} understands. */
    public List<String> words() {
        List<String> words = new ArrayList<>();
        words.add("network=" + cidr());
        words.add("host=" + host.getHostAddress());
        words.add("dns=" + dns.getHostAddress());
        words.add("dhcp-start=" + dhcpStart.getHostAddress());
        tftp.ifPresent(directory -> words.add("tftp=" + directory));
        bootfile.ifPresent(name -> words.add("bootfile=" + name));
        words.add("restrict=" + restrict);
        words.add("ipv6=" + ipv6);
        loopback.ifPresent(reached -> words.add("loopback=" + reached));
        smb.ifPresent(share -> words.add("smb=" + share.directory()));
        smb.ifPresent(share -> words.add("smb-server=" + share.server().getHostAddress()));
        return words;
    }

    /**
     * Reads {@link #words}; others are left alone.
     *
     * @throws IllegalArgumentException when one is missing or means nothing
     */
    static UserNetwork parse(List<String> words) {
        Map<String, String> values = values(words);
        String[] cidr = value(values, "network").split("/", 2);
        return new UserNetwork(
                Ip4.parse(cidr[0]),
                Integer.parseInt(cidr[1]),
                Ip4.parse(value(values, "host")),
                Ip4.parse(value(values, "dns")),
                Ip4.parse(value(values, "dhcp-start")),
                Optional.ofNullable(values.get("tftp")).map(Path::of),
                Optional.ofNullable(values.get("bootfile")),
                Boolean.parseBoolean(value(values, "restrict")),
                Boolean.parseBoolean(value(values, "ipv6")),
                Optional.ofNullable(values.get("loopback")).map(Boolean::valueOf),
                Optional.ofNullable(values.get("smb"))
                        .map(
                                directory ->
                                        new SmbShare(
                                                Path.of(directory),
                                                Ip4.parse(value(values, "smb-server")))));
    }

    static Map<String, String> values(List<String> words) {
        Map<String, String> values = new TreeMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("'" + word + "' is no KEY=VALUE");
            }
            values.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return values;
    }

    static String value(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + "= is missing");
        }
        return value;
    }
}
