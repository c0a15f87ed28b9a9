package org.lanyard.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lanyard.tapio.NetNamespace;
import org.lanyard.tapio.PacketSocket;

/**
 * Two network namespaces of a test's own with a cable between them: a host for a switch, and a peer
 * beyond it that knows no more than the host's address.
 */
final class Outside implements AutoCloseable {
    static final String HOST = "192.0.2.1";
    static final String PEER = "192.0.2.2";
    static final String PEER6 = "2001:db8::2";

    private final NetNamespace host;
    private final NetNamespace peer;

    private Outside(NetNamespace host, NetNamespace peer) {
        this.host = host;
        this.peer = peer;
    }

    static Outside create() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun");
        NetNamespace host = NetNamespace.create();
        NetNamespace peer = NetNamespace.create();
        Outside outside = new Outside(host, peer);
        outside.layCable();
        return outside;
    }

    /** Where there is none. */
    void layCable() throws IOException {
        host.exec("ip", "link", "add", "out0", "type", "veth", "peer", "name", "in0");
        host.exec("ip", "link", "set", "in0", "netns", peer.name());
        settle(host, "out0", HOST, "2001:db8::1");
        settle(peer, "in0", PEER, PEER6);
    }

    private static void settle(NetNamespace place, String device, String four, String six)
            throws IOException {
        place.exec("ip", "address", "add", four + "/24", "dev", device);
        place.exec("ip", "address", "add", six + "/64", "dev", device, "nodad");
        place.exec("ip", "link", "set", device, "up");
    }

    /** Words to run a command behind, on the host. */
    String[] host(String... more) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", host.name()));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    String inHost(String... command) throws IOException {
        return host.exec(command);
    }

    String peer(String... command) throws IOException {
        return peer.exec(command);
    }

    NetNamespace peer() {
        return peer;
    }

    NetNamespace hostPlace() {
        return host;
    }

    /** The peer's end of the cable: what comes and goes there, byte by byte. */
    PacketSocket peerEnd() throws IOException {
        return peer.call(() -> PacketSocket.open("in0"));
    }

    /** From now on the peer gives addresses of its network; the caller ends it. */
    Process serveDhcp() throws IOException {
        return peer.process(
                        "dnsmasq",
                        "--keep-in-foreground",
                        "--conf-file=/dev/null",
                        "--port=0",
                        "--user=root",
                        "--pid-file=",
                        "--leasefile-ro",
                        "--interface=in0",
                        "--dhcp-authoritative",
                        "--dhcp-range=192.0.2.100,192.0.2.199")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** A server for one client; the caller ends it. */
    Process serveIperf() throws IOException {
        return peer.process("iperf3", "-s", "-1", "--forceflush").start();
    }

    /** From now on the peer counts what comes from that address. */
    void count(String address) throws IOException {
        peer.exec("nft", "add", "table", "ip", "watch");
        String chain = "{ type filter hook prerouting priority -300; }";
        peer.exec("nft", "add", "chain", "ip", "watch", "seen", chain);
        peer.exec("nft", "add", "rule", "ip", "watch", "seen", "ip", "saddr", address, "counter");
    }

    String counted() throws IOException {
        return peer.exec("nft", "list", "table", "ip", "watch");
    }

    /** The tables of nftables on the host. */
    String tables() throws IOException {
        return host.exec("nft", "list", "tables");
    }

    /** The pids of those that run on the host under a name that begins so. */
    List<String> running(String name) throws IOException {
        List<String> found = new ArrayList<>();
        for (String pid : host.exec("ip", "netns", "pids", host.name()).split("\\s+")) {
            try {
                if (Files.readString(Path.of("/proc", pid, "comm")).startsWith(name)) {
                    found.add(pid);
                }
            } catch (IOException e) {
                // It ended meanwhile.
            }
        }
        return found;
    }

    @Override
    public void close() {
        host.close();
        peer.close();
    }
}
