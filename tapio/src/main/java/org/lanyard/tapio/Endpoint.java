package org.lanyard.tapio;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where a stream socket listens or connects: {@code unix:PATH} or {@code tcp:HOST:PORT} ({@code
 * tcp:[::1]:5555} for IPv6).
 */
public sealed interface Endpoint {
    /** sun_path of {@code struct sockaddr_un} less its closing NUL (unix(7)). */
    int MAX_UNIX_PATH = 107;

    /**
     * @param text {@code unix:PATH} or {@code tcp:HOST:PORT}
     * @param base where a relative path starts
     * @throws IllegalArgumentException with a sentence for the user
     */
    static Endpoint parse(String text, Path base) {
        if (text.startsWith("unix:")) {
            String path = text.substring("unix:".length());
            if (path.isEmpty() || path.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("'" + text + "' names no path");
            }
            return new Unix(base.resolve(path));
        }
        if (text.startsWith("tcp:")) {
            return Tcp.parse(text);
        }
        throw new IllegalArgumentException("'" + text + "' is neither unix:PATH nor tcp:HOST:PORT");
    }

    /** A path in the file system, of at most {@link #MAX_UNIX_PATH} bytes. */
    record Unix(Path path) implements Endpoint {
        public Unix {
            int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
            if (length > MAX_UNIX_PATH) {
                throw new IllegalArgumentException(
                        "the socket path "
                                + path
                                + " has "
                                + length
                                + " bytes; the kernel takes at most "
                                + MAX_UNIX_PATH
                                + ": choose a shorter runtime directory or path");
            }
        }

        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /** A TCP address; {@code port} 0 lets the kernel choose when listening. */
    record Tcp(String host, int port) implements Endpoint {
        private static final Pattern NUMERIC = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

        static Tcp parse(String text) {
            String rest = text.substring("tcp:".length());
            int colon = rest.lastIndexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("'" + text + "' is not tcp:HOST:PORT");
            }
            String host = rest.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            if (host.isEmpty()) {
                throw new IllegalArgumentException("'" + text + "' is not tcp:HOST:PORT");
            }
            int port;
            try {
                port = Integer.parseInt(rest.substring(colon + 1));
            } catch (NumberFormatException e) {
                port = -1;
            }
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException(
                        "'" + text + "': the port is no number from 0 to 65535");
            }
            return new Tcp(host, port);
        }

        /** Whether the host is an address, for which nobody need be asked. */
        public boolean isNumeric() {
            return host.contains(":") || NUMERIC.matcher(host).matches();
        }

        /**
         * All addresses of the host, in the order in which they are to be tried. Where it is a name
         * this waits for name servers, as long as they take.
         *
         * @return at least one
         */
        public List<InetAddress> addresses() throws UnknownHostException {
            if (isNumeric()) {
                return List.of(InetAddress.getByName(host));
            }
            Wait wait = Wait.on("name servers");
            try {
                return List.of(InetAddress.getAllByName(host));
            } catch (UnknownHostException e) {
                throw new UnknownHostException(
                        "no address of " + host + " is known; see: getent ahosts " + host);
            } finally {
                wait.end();
            }
        }

        InetAddress resolve() throws UnknownHostException {
            return addresses().get(0);
        }

        @Override
        public String toString() {
            return "tcp:" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }
}
