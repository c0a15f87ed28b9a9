package org.lanyard.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.lanyard.control.Eventually;
import org.lanyard.tapio.NetNamespace;

/**
 * A host of a test's own, as far as the network goes: a namespace with nothing but a loopback,
 * where a web server and a name server are, which what runs behind {@link #enter} asks.
 */
final class OwnHost implements AutoCloseable {
    /** Known to this host's name server alone (RFC 6761, RFC 5737). */
    static final String KNOWN_NAME = "lanyard.test";

    static final String KNOWN_ADDRESS = "192.0.2.7";
    static final String PAGE = "a page from the host's loopback";

    private static final int TIME_LIMIT_MILLIS = 30_000;

    private final NetNamespace namespace;
    private final Path resolver;
    private final HttpServer web;
    private final Process names;

    private OwnHost(NetNamespace namespace, Path resolver, HttpServer web, Process names) {
        this.namespace = namespace;
        this.resolver = resolver;
        this.web = web;
        this.names = names;
    }

    /**
     * Skips the test without root.
     *
     * @param temp a directory of the test's own
     */
    static OwnHost in(Path temp) throws Exception {
        NetNamespace namespace = NetNamespace.create();
        Path resolver = Files.writeString(temp.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
        HttpServer web = namespace.call(() -> HttpServer.create(loopback(0), 0));
        web.createContext(
                "/",
                exchange -> {
                    byte[] page = PAGE.getBytes(StandardCharsets.US_ASCII);
                    exchange.sendResponseHeaders(200, page.length);
                    try (OutputStream body = exchange.getResponseBody()) {
                        body.write(page);
                    }
                });
        web.start();
        Path said = temp.resolve("dnsmasq.log");
        Process names =
                namespace
                        .process(
                                "dnsmasq",
                                "--keep-in-foreground",
                                "--conf-file=/dev/null",
                                "--log-facility=-",
                                "--user=root",
                                "--group=root",
                                "--listen-address=127.0.0.1",
                                "--bind-interfaces",
                                "--no-resolv",
                                "--no-hosts",
                                "--address=/" + KNOWN_NAME + "/" + KNOWN_ADDRESS)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        OwnHost host = new OwnHost(namespace, resolver, web, names);
        Eventually.see("dnsmasq", () -> Files.readString(said), text -> text.contains("started"));
        return host;
    }

    private static InetSocketAddress loopback(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
    }

    /** Words in front of a command that is to run there, and to ask this host's name server. */
    String[] enter() {
        String bind = "mount --bind " + resolver + " /etc/resolv.conf && exec \"$0\" \"$@\"";
        return new String[] {"ip", "netns", "exec", namespace.name(), "sh", "-c", bind};
    }

    /** Of the web server on the loopback. */
    int webPort() {
        return web.getAddress().getPort();
    }

    /** Asks a web server on the loopback for its page, as a browser on this host would. */
    String browse(int port) throws IOException {
        return namespace.call(
                () -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(loopback(port), TIME_LIMIT_MILLIS);
                        socket.setSoTimeout(TIME_LIMIT_MILLIS);
                        OutputStream out = socket.getOutputStream();
                        out.write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        InputStream in = socket.getInputStream();
                        return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
                    }
                });
    }

    @Override
    public void close() {
        web.stop(0);
        names.destroy();
        try {
            names.waitFor(TIME_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        namespace.close();
    }
}
