package org.lanyard.config;

import java.net.InetAddress;
import java.util.List;
import org.lanyard.slirp.HostForward;
import org.lanyard.slirp.UserNetwork;

/**
 * What a port is made of. Endpoints are as written; a relative path is in the runtime directory.
 */
public sealed interface PortKind {
    /** As the port list shows it. */
    String key();

    /** Any number of guests connect to it. */
    record StreamListen(String endpoint) implements PortKind {
        @Override
        public String key() {
            return "stream";
        }
    }

    /** It connects to another switch's listening port, again and again. */
    record StreamConnect(String endpoint) implements PortKind {
        @Override
        public String key() {
            return "stream";
        }
    }

    /**
     * The host, by a TAP that exists or is made.
     *
     * @param mtu bytes, 0 to leave it as it is
     */
    record Tap(String name, List<Address> addresses, int mtu) implements PortKind {
        public Tap {
            addresses = List.copyOf(addresses);
        }

        @Override
        public String key() {
            return "tap";
        }
    }

    /** The rootless way out, by libslirp. */
    record User(UserNetwork network, List<HostForward> forwards) implements PortKind {
        public User {
            forwards = List.copyOf(forwards);
        }

        @Override
        public String key() {
            return "user";
        }
    }

    /** An interface address such as 10.0.0.1/24. */
    record Address(InetAddress ip, int prefixLength) {
        @Override
        public String toString() {
            return ip.getHostAddress() + "/" + prefixLength;
        }
    }
}
