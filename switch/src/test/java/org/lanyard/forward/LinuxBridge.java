package org.lanyard.forward;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;

/**
 * The kernel's bridge with VLAN filtering, in a guest whose cards are sockets of ours: what goes
 * into a socket comes into a port of the bridge. One thread.
 */
final class LinuxBridge implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A bit for each of 01-80-C2-00-00-00 to 0F, but those that the kernel never lets through. */
    private static final int FORWARDABLE_GROUPS = 0xfff8;

    /** One port's cable, in QEMU's framing. */
    private static final class Cable {
        final SocketChannel channel;
        final ByteBuffer in = ByteBuffer.allocate(1 << 20).flip();
        final List<byte[]> frames = new ArrayList<>();

        Cable(SocketChannel channel) {
            this.channel = channel;
        }

        void send(byte[] frame) throws IOException {
            ByteBuffer whole = ByteBuffer.allocate(4 + frame.length);
            whole.putInt(frame.length).put(frame).flip();
            if (channel.write(whole) != 4 + frame.length) {
                throw new IOException("the guest does not read");
            }
        }

        void read() throws IOException {
            in.compact();
            int count = channel.read(in);
            in.flip();
            if (count < 0) {
                throw new EOFException("the guest is gone");
            }
            while (in.remaining() >= 4 && in.remaining() >= 4 + in.getInt(in.position())) {
                byte[] frame = new byte[in.getInt()];
                in.get(frame);
                frames.add(frame);
            }
        }
    }

    private final List<Cable> cables = new ArrayList<>();
    private final LinuxGuest guest;

    /** Boots the guest. */
    LinuxBridge(Path directory, int ports) throws IOException {
        List<ServerSocketChannel> servers = new ArrayList<>();
        LinuxGuest.Builder builder = LinuxGuest.named("bridge");
        for (int i = 0; i < ports; i++) {
            Path socket = directory.resolve("p" + i);
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            servers.add(server);
            String netdev = "stream,server=off,addr.type=unix,id=n" + i + ",addr.path=" + socket;
            builder.nic(Nic.virtio(netdev, "02:00:00:00:00:0" + (i + 1)));
        }
        guest = builder.boot();
        for (ServerSocketChannel server : servers) {
            SocketChannel channel = server.accept();
            channel.configureBlocking(false);
            cables.add(new Cable(channel));
            server.close();
        }
        run(
                "for i in all default; do echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done;"
                        + " for i in /sys/class/net/eth*; do ip link set ${i##*/} up; done");
    }

    String run(String command) {
        return guest.outputOf(command, PATIENCE);
    }

    /**
     * A new bridge: nothing is learned, nothing left of the last one.
     *
     * @param tagType of all ports: the kernel's bridge has one
     */
    void configure(List<PortPolicy> ports, int tagType) {
        String protocol = tagType == Vlans.SERVICE_TAG ? "802.1ad" : "802.1Q";
        StringBuilder script = new StringBuilder("set -e; ip link del br0 2> /dev/null || true; ");
        script.append("ip link add br0 type bridge vlan_filtering 1 vlan_default_pvid 0")
                .append(" mcast_snooping 0 stp_state 0 vlan_protocol ")
                .append(protocol)
                .append("; ");
        for (int i = 0; i < ports.size(); i++) {
            PortPolicy policy = ports.get(i);
            Vlans vlans = policy.vlans().orElseThrow();
            String add = "bridge vlan add dev eth" + i + " vid ";
            script.append("ip link set eth").append(i).append(" master br0; ");
            vlans.tagged().stream()
                    .limit(vlans.tagged().cardinality() > 100 ? 0 : 100)
                    .forEach(vlan -> script.append(add).append(vlan).append("; "));
            if (vlans.tagged().cardinality() > 100) {
                script.append(add).append(Vlans.LOWEST + "-" + Vlans.HIGHEST).append("; ");
            }
            if (vlans.pvid() != Vlans.NONE) {
                script.append(add).append(vlans.pvid()).append(" pvid untagged; ");
            }
            script.append("cd /sys/class/net/eth").append(i).append("/brport; ");
            flag(script, "isolated", policy.isolated());
            flag(script, "unicast_flood", policy.flooding().unknown());
            flag(script, "multicast_flood", policy.flooding().multicast());
            flag(script, "broadcast_flood", policy.flooding().broadcast());
            script.append("echo ")
                    .append(policy.transparent() ? FORWARDABLE_GROUPS : 0)
                    .append(" > group_fwd_mask; ");
        }
        script.append("ip link set br0 up; cat /sys/class/net/eth?/brport/state");
        for (int i = 0; i < 50; i++) {
            String states =
                    i == 0 ? run(script.toString()) : run("cat /sys/class/net/eth?/brport/state");
            if (states.replace("\n", "").matches("3{" + ports.size() + "}")) {
                return; // forwarding
            }
        }
        throw new IllegalStateException("the bridge does not forward: " + run("bridge link"));
    }

    private static void flag(StringBuilder script, String file, boolean on) {
        script.append("echo ").append(on ? 1 : 0).append(" > ").append(file).append("; ");
    }

    void send(int port, List<byte[]> frames) throws IOException {
        for (byte[] frame : frames) {
            cables.get(port).send(frame);
        }
    }

    /** Whether at least so many frames have come out of each port, waiting for them if need be. */
    boolean await(int[] counts, Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            boolean all = true;
            for (int i = 0; i < counts.length; i++) {
                cables.get(i).read();
                all &= cables.get(i).frames.size() >= counts[i];
            }
            if (all || System.nanoTime() - deadline > 0) {
                return all;
            }
            Thread.sleep(0, 200_000);
        }
    }

    /** All that came out of a port since the last call. */
    List<byte[]> take(int port) throws IOException {
        Cable cable = cables.get(port);
        cable.read();
        List<byte[]> taken = List.copyOf(cable.frames);
        cable.frames.clear();
        return taken;
    }

    @Override
    public void close() throws IOException {
        guest.close();
        for (Cable cable : cables) {
            cable.channel.close();
        }
    }
}
