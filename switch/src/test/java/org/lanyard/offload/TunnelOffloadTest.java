package org.lanyard.offload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.tapio.NetNamespace;
import org.lanyard.tapio.PacketMessage;
import org.lanyard.tapio.PacketSocket;
import org.lanyard.tapio.TunnelEnds;

/**
 * Real TCP in real tunnels, on the way to a bridge that floods it to two more cables: at the end of
 * one it comes in super-frames, which are cut up here; the other takes none, so the kernel itself
 * has cut them. What comes of both is the same, byte by byte. Needs root.
 *
 * <pre>
 *   left ══ bridge ══ right
 *             ╠══ whole
 *             ╚══ cut
 * </pre>
 */
@Timeout(120)
final class TunnelOffloadTest {
    private static final int BYTES = 600_000;
    private static final int PORT = 5001;
    private static final int ROOM = StreamFormat.MAX_FRAME - 4;

    @TempDir private Path temp;
    private final Slab slab = new Slab();
    private final PacketMessage message = new PacketMessage();
    private final VirtioHeader header = new VirtioHeader();
    private final IntakeCutter cutter = new IntakeCutter();
    private NetNamespace middle;
    private NetNamespace left;
    private NetNamespace right;
    private TunnelEnds ends;
    private PacketSocket whole;
    private PacketSocket cut;
    private int supers;

    @BeforeEach
    void lay() throws IOException {
        left = NetNamespace.create();
        right = NetNamespace.create();
        middle = NetNamespace.create();
        TunnelEnds.ip(middle, "link add br0 type bridge mcast_snooping 0");
        TunnelEnds.ip(middle, "link set br0 up");
        for (String port : List.of("left", "right", "whole", "cut")) {
            TunnelEnds.ip(middle, "link add " + port + "0 type veth peer name " + port + "1");
            TunnelEnds.ip(middle, "link set " + port + "0 master br0 up");
            TunnelEnds.ip(middle, "link set " + port + "0 type bridge_slave learning off");
        }
        TunnelEnds.ip(middle, "link set cut0 gso_max_segs 1");
        ends = new TunnelEnds(left, right);
        ends.join(middle, "left1", left);
        ends.join(middle, "right1", right);
        for (String end : List.of("whole1", "cut1")) {
            middle.exec("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/" + end + "/disable_ipv6");
            TunnelEnds.ip(middle, "link set " + end + " up");
        }
        whole = middle.call(() -> PacketSocket.open("whole1"));
        cut = middle.call(() -> PacketSocket.open("cut1"));
    }

    @AfterEach
    void close() {
        for (PacketSocket socket : Arrays.asList(whole, cut)) {
            if (socket != null) {
                socket.close();
            }
        }
        for (NetNamespace place : Arrays.asList(left, right, middle)) {
            if (place != null) {
                place.close();
            }
        }
        cutter.close();
        message.close();
        slab.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VXLAN",
                "VXLAN with checksums",
                "VXLAN with a policy",
                "VXLAN over IPv6",
                "VXLAN over IPv6 without checksums",
                "GRE",
                "IPIP",
                "SIT"
            })
    void shouldCutAsTheKernelDoes(String tunnel) throws Exception {
        String address = ends.lay(tunnel, temp);
        receiveAll(new ArrayList<>(), new ArrayList<>());
        transfer(address);
        List<String> expected = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        receiveAll(expected, seen);
        assertTrue(supers > 10, supers + " super-frames");
        assertTrue(seen.size() > BYTES / 1500, seen.size() + " frames");
        assertEquals(expected.size(), seen.size());
        Map<String, List<String>> expectedFrom = bySender(expected);
        Map<String, List<String>> seenFrom = bySender(seen);
        assertEquals(expectedFrom.keySet(), seenFrom.keySet());
        for (String sender : seenFrom.keySet()) {
            List<String> wanted = expectedFrom.get(sender);
            for (int i = 0; i < wanted.size(); i++) {
                assertEquals(wanted.get(i), seenFrom.get(sender).get(i), sender + "'s frame " + i);
            }
        }
    }

    /** The bridge keeps the order of each, not of data and its answers between two ports. */
    private static Map<String, List<String>> bySender(List<String> frames) {
        return frames.stream().collect(Collectors.groupingBy(frame -> frame.substring(12, 24)));
    }

    /** Until it is quiet. */
    private void receiveAll(List<String> fromCut, List<String> fromWhole) throws Exception {
        for (int quiet = 0; quiet < 10; quiet++) {
            int before = fromCut.size() + fromWhole.size();
            int wholeBefore = supers;
            receive(cut, fromCut);
            assertEquals(wholeBefore, supers, "the kernel was to cut");
            receive(whole, fromWhole);
            quiet = fromCut.size() + fromWhole.size() == before ? quiet : 0;
            Thread.sleep(30);
        }
    }

    private void transfer(String address) throws Exception {
        InetAddress host = InetAddress.getByName(address);
        ServerSocket server = right.call(() -> new ServerSocket(PORT, 1, host));
        try (server) {
            Socket client =
                    left.call(
                            () -> {
                                Socket socket = new Socket();
                                socket.connect(new InetSocketAddress(host, PORT), 20_000);
                                return socket;
                            });
            try (client;
                    Socket accepted = server.accept()) {
                byte[] bytes = new byte[BYTES];
                new Random(7).nextBytes(bytes);
                Thread sender =
                        new Thread(
                                () -> {
                                    try {
                                        client.getOutputStream().write(bytes);
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
                sender.start();
                byte[] got = accepted.getInputStream().readNBytes(BYTES);
                sender.join();
                assertTrue(Arrays.equals(bytes, got));
            }
        }
    }

    /** All that has come by now, but for what the kernel tells its neighbours. */
    private void receive(PacketSocket socket, List<String> frames) {
        while (true) {
            slab.clear();
            int offset = StreamFormat.PREFIX;
            int length = message.receive(socket.fd(), slab.address() + offset, ROOM);
            if (length < 0) {
                return;
            }
            header.read(message.bytes(), message.header());
            int prefix = header.settle(slab.bytes(), offset, length);
            assertNotEquals(0, prefix, "it is known what it is");
            int end = offset + length;
            if (SuperFrame.isSuper(prefix)) {
                supers++;
                assertTrue(header.isForNobodyWhole());
                end = cutter.cut(header, slab, 0, prefix);
            } else {
                slab.bytes().putInt(0, prefix);
            }
            for (int at = 0; at < end; at += StreamFormat.size(slab.bytes(), at)) {
                byte[] frame = new byte[slab.bytes().getInt(at)];
                slab.bytes().get(at + offset, frame);
                if ((frame[0] & 1) == 0) {
                    frames.add(HexFormat.of().formatHex(frame));
                }
            }
        }
    }
}
