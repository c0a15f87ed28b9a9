package org.lanyard.config;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.lanyard.slirp.HostForward;
import org.lanyard.slirp.UserNetwork;
import org.lanyard.tapio.Macvtap;

/**
 * What a port is made of. Endpoints are as written; a relative path is in the runtime directory.
 */
public sealed interface PortKind {
    /** As the port list shows it. */
    String key();

    /**
     * What it asks of the host, for which it takes root or the switch's user: all that it names
     * outside the switch. Their table is left out.
     *
     * @param runtimeDir where relative paths are
     */
    List<HostClaim> claims(Path runtimeDir);

    /** How long a TCP peer may answer nothing, where nothing is said. */
    Duration KEEPALIVE = Duration.ofSeconds(30);

    /**
     * Any number of guests connect to it.
     *
     * @param group whose members may connect to a unix socket; a name or a number
     * @param mode of a unix socket; where it is empty, the file has what the umask leaves
     * @param limits how many guests there may be
     * @param keepalive how long a TCP peer may answer nothing; zero for as long as it likes
     */
    record StreamListen(
            String endpoint,
            Optional<String> group,
            OptionalInt mode,
            GuestLimits limits,
            Duration keepalive)
            implements PortKind {
        /** For the switch's own user alone, where it is a unix socket. */
        public StreamListen(String endpoint) {
            this(endpoint, Optional.empty(), OptionalInt.empty(), GuestLimits.NONE, KEEPALIVE);
        }

        /** Whether it says who may connect. */
        public boolean saysWho() {
            return mode.isPresent();
        }

        @Override
        public String key() {
            return "stream";
        }

        @Override
        public List<HostClaim> claims(Path runtimeDir) {
            return HostClaim.of(this, runtimeDir);
        }
    }

    /**
     * How many guests a listening port may have; where nothing is said, see the reference.
     *
     * @param all together
     * @param perUser of one user at a unix socket, or from one address at a TCP one
     */
    record GuestLimits(OptionalInt all, OptionalInt perUser) {
        public static final GuestLimits NONE =
                new GuestLimits(OptionalInt.empty(), OptionalInt.empty());
    }

    /**
     * It connects to another switch's listening port, again and again.
     *
     * @param keepalive how long a TCP peer may answer nothing; zero for as long as it likes
     */
    record StreamConnect(String endpoint, Duration keepalive) implements PortKind {
        public StreamConnect(String endpoint) {
            this(endpoint, KEEPALIVE);
        }

        @Override
        public String key() {
            return "stream";
        }

        @Override
        public List<HostClaim> claims(Path runtimeDir) {
            return HostClaim.of(this, runtimeDir);
        }
    }

    /**
     * The host, by a TAP that exists or is made.
     *
     * @param mtu bytes, 0 to leave it as it is
     * @param offload whether whole pieces of flows pass it
     * @param gateway what the host does for those behind it
     */
    record Tap(String name, List<Address> addresses, int mtu, boolean offload, Gateway gateway)
            implements PortKind {
        public Tap {
            addresses = List.copyOf(addresses);
        }

        public Tap(String name, List<Address> addresses, int mtu) {
            this(name, addresses, mtu, true, Gateway.NONE);
        }

        /** The same interface, doing something else or nothing for those behind it. */
        public Tap with(Gateway other) {
            return new Tap(name, addresses, mtu, offload, other);
        }

        @Override
        public String key() {
            return "tap";
        }

        @Override
        public List<HostClaim> claims(Path runtimeDir) {
            return HostClaim.ofInterface(this);
        }
    }

    /**
     * The rootless way out, by libslirp.
     *
     * @param hairpin whether guests reach each other through what is forwarded; where that is not
     *     said, as long as no port of the switch is isolated
     */
    record User(UserNetwork network, List<HostForward> forwards, Optional<Boolean> hairpin)
            implements PortKind {
        public User {
            forwards = List.copyOf(forwards);
        }

        @Override
        public String key() {
            return "user";
        }

        @Override
        public List<HostClaim> claims(Path runtimeDir) {
            return HostClaim.of(this);
        }
    }

    /**
     * A TAP in a bridge of the kernel's.
     *
     * @param name the bridge's
     * @param helper QEMU's program that makes the TAP, or empty to look for what is needed
     */
    record Bridge(String name, Optional<String> helper) implements PortKind {
        @Override
        public String key() {
            return "bridge";
        }

        @Override
        public List<HostClaim> claims(Path runtimeDir) {
            return HostClaim.ofInterface(this);
        }
    }

    /**
     * A network card, or what else carries Ethernet frames.
     *
     * @param interfaceName its name
     */
    record Packet(String interfaceName) implements PortKind {
        @Override
        public String key() {
            return "packet";
        }

        @Override
        public List<HostClaim> claims(Path runtimeDir) {
            return HostClaim.ofInterface(this);
        }
    }

    /**
     * A macvtap that somebody made.
     *
     * @param offload whether whole pieces of flows pass it
     */
    record HostMacvtap(String name, boolean offload) implements PortKind {
        @Override
        public String key() {
            return "macvtap";
        }

        @Override
        public List<HostClaim> claims(Path runtimeDir) {
            return HostClaim.ofInterface(this);
        }
    }

    /**
     * A macvtap to be made.
     *
     * @param parent the interface below
     * @param mac 48 bits, its own address; empty for one of the kernel's choice
     * @param offload whether whole pieces of flows pass it
     */
    record OwnMacvtap(String parent, Macvtap.Mode mode, OptionalLong mac, boolean offload)
            implements PortKind {
        @Override
        public String key() {
            return "macvtap";
        }

        @Override
        public List<HostClaim> claims(Path runtimeDir) {
            return HostClaim.ofInterface(this);
        }
    }

    /** An interface address such as 10.0.0.1/24. */
    record Address(InetAddress ip, int prefixLength) {
        public boolean isIpv4() {
            return ip instanceof Inet4Address;
        }

        /** Whether the other is in the network of this one. */
        public boolean reaches(InetAddress other) {
            byte[] ours = ip.getAddress();
            byte[] theirs = other.getAddress();
            if (ours.length != theirs.length) {
                return false;
            }
            int differing = 8 * ours.length - prefixLength;
            BigInteger difference = new BigInteger(1, ours).xor(new BigInteger(1, theirs));
            return difference.bitLength() <= differing;
        }

        @Override
        public String toString() {
            return ip.getHostAddress() + "/" + prefixLength;
        }
    }
}
