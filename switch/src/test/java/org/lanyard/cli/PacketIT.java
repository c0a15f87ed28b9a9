package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.capture.Tshark;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;
import org.lanyard.frame.Frames;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.PacketMessage;
import org.lanyard.tapio.PacketSocket;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.Tap;

/** Guests on the network of a host's card, which keeps its address; beyond the cable is a peer. */
@Timeout(300)
class PacketIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long GUEST = 0x5254_0000_0002L;
    private static final long PEER = 0x5254_0000_00bbL;
    private static final byte[] GUEST_ADDRESS = {(byte) 192, 0, 2, 77};

    private static final String TOML =
            """
            [ports.guests]
            stream = { listen = "unix:guests.sock" }
            [ports.ten]
            stream = { listen = "unix:ten.sock" }
            vlan = { access = 10, nested-tags = true }
            [ports.lan]
            packet = { interface = "out0" }
            vlan = { native = 1, trunk = [10] }
            """;

    @TempDir private Path temp;
    private Outside outside;
    private Program lanyard;
    private String file;
    private Process helper;

    @BeforeEach
    void enter() throws Exception {
        outside = Outside.create();
        lanyard = Program.in(temp.resolve("lan0")).behind(outside.host());
        file = Files.writeString(temp.resolve("lab.toml"), TOML).toString();
    }

    @AfterEach
    void leave() throws Exception {
        if (helper != null) {
            helper.destroyForcibly().waitFor();
        }
        if (outside != null) {
            lanyard.cleanUp();
            outside.close();
        }
    }

    private JsonNode port(String name) throws Exception {
        return new ObjectMapper().readTree(lanyard.succeed("port", "show", name, "--json").out());
    }

    private String log() throws IOException {
        return Files.readString(lanyard.path("lanyard.log"));
    }

    @Test
    void shouldBringARealGuestOntoTheNetworkOfTheCard() throws Exception {
        helper = outside.serveDhcp();
        lanyard.succeed("start", "--config", file);
        String netdev = "stream,id=n0,server=off,addr.type=unix,addr.path=";
        Nic nic = Nic.virtio(netdev + lanyard.path("guests.sock"), "52:54:00:00:00:02");
        try (LinuxGuest guest = LinuxGuest.named("guest").nic(nic).boot()) {
            String told = guest.outputOf(GatewayIT.ASK_FOR_AN_ADDRESS, PATIENCE);
            assertTrue(told.matches("(?s).*\\bip='192\\.0\\.2\\.1\\d\\d'.*"), told);
            Path frames = temp.resolve("guest.pcapng");
            Process capture =
                    lanyard.spawn("capture", "guests", "-w", frames.toString(), "--count", "3000");
            assertCarriesTcp(guest, "-n 15M");
            assertCarriesTcp(guest, "-n 15M -R");
            assertEquals(0, Program.end(capture).exitCode());
            assertNoBadChecksum(frames);
            String errors = outside.peer("nstat", "-asz", "TcpInCsumErrors");
            assertTrue(errors.matches("(?s).*TcpInCsumErrors +0 .*"), errors);

            String host = outside.inHost("ping", "-n", "-c", "2", "-i", "0.2", Outside.PEER);
            assertTrue(host.contains(" 0% packet loss"), host);
            String ping = "ping -c 2 -i 0.2 -W 2 " + Outside.HOST;
            assertFalse(guest.run(ping, PATIENCE).succeeded(), "as with macvlan");
        }
        for (String reason : List.of("not-segmented", "write-failed", "above-mtu", "oversize")) {
            assertTrue(drops(reason).isMissingNode(), reason);
        }
    }

    private void assertCarriesTcp(LinuxGuest guest, String options) throws Exception {
        Process server = outside.serveIperf();
        String iperf =
                guest.outputOf(
                        "for i in 1 2 3 4 5; do iperf3 -c "
                                + Outside.PEER
                                + " "
                                + options
                                + " && break; sleep 1; done",
                        PATIENCE);
        assertTrue(iperf.contains("receiver"), iperf);
        assertEquals(0, Program.end(server).exitCode());
    }

    private static void assertNoBadChecksum(Path file) throws Exception {
        List<List<String>> frames =
                Tshark.checked(file, "frame.len", "ip.checksum.status", "tcp.checksum.status");
        int longest = 0;
        int bad = 0;
        for (List<String> frame : frames) {
            longest = Math.max(longest, Integer.parseInt(frame.get(0)));
            bad += frame.subList(1, 3).contains("0") ? 1 : 0;
        }
        assertEquals(3000, frames.size());
        assertEquals(1514, longest, "no guest gets a super-frame");
        assertEquals(0, bad, "checksums that tshark finds bad");
    }

    private JsonNode drops(String reason) throws Exception {
        return port("lan").path("drops").path(reason);
    }

    private static void send(PacketSocket socket, byte[] frame) {
        try (Region region = Region.allocate(Tap.VNET_HEADER + frame.length)) {
            region.bytes().put(Tap.VNET_HEADER, frame);
            assertEquals(region.size(), LibC.write(socket.fd(), region.address(), region.size()));
        }
    }

    private static byte[] awaitFrameOfVlanTen(PacketSocket socket) throws Exception {
        try (PacketMessage message = new PacketMessage();
                Region region = Region.allocate(2048)) {
            int length =
                    Eventually.see(
                            "a frame of VLAN 10",
                            () -> message.receive(socket.fd(), region.address(), 2048),
                            got -> got > 0 && message.tagType() == 0x8100);
            assertEquals(10, message.tagControl());
            byte[] frame = new byte[length];
            region.bytes().get(0, frame);
            return frame;
        }
    }

    /** The next frame from the peer that is not the kernel's own. */
    private static byte[] receive(FrameClient client) throws Exception {
        while (true) {
            byte[] frame = client.receive();
            if (Arrays.equals(frame, 6, 12, Frames.frame(0, PEER, 60, 0), 6, 12)) {
                return frame;
            }
        }
    }

    @Test
    void shouldCarryTagsAndCountWhatIsTooLong() throws Exception {
        lanyard.succeed("start", "--config", file);
        byte[] bare = Frames.frame(Frames.BROADCAST, PEER, 200, 1);
        byte[] service = Frames.tagged(bare, 0x88a8, 10);
        byte[] inner = Frames.tagged(bare, 0x8100, 7);
        try (PacketSocket peer = outside.peerEnd();
                FrameClient one = FrameClient.at(lanyard.path("guests.sock"));
                FrameClient ten = FrameClient.at(lanyard.path("ten.sock"))) {
            FrameClient.meet(one, FrameClient.at(lanyard.path("guests.sock")));
            for (String name : List.of("ten/1", "lan")) {
                Eventually.see(name, () -> port(name).path("state").asText(), "up"::equals);
            }
            send(peer, Frames.tagged(bare, 0x8100, 20)); // nobody's
            send(peer, Frames.tagged(inner, 0x8100, 10));
            send(peer, service);
            send(peer, bare);
            assertArrayEquals(service, receive(one), "no customer's tag: the native VLAN");
            assertArrayEquals(bare, receive(one));
            assertArrayEquals(inner, receive(ten), "what is behind the tag");

            byte[] reply = Frames.frame(PEER, GUEST, 1514, 2);
            ten.send(reply);
            assertArrayEquals(reply, awaitFrameOfVlanTen(peer));
            ten.send(Frames.frame(PEER, GUEST, 1515, 3));
            one.send(Frames.frame(Frames.BROADCAST, GUEST + 1, 9014, 4));
            Eventually.see("two drops", () -> drops("above-mtu").asInt(), n -> n == 2);
        }
    }

    private int promiscuity() throws IOException {
        String said = outside.inHost("ip", "-d", "link", "show", "out0");
        return Integer.parseInt(said.replaceFirst("(?s).* promiscuity (\\d+).*", "$1"));
    }

    private void awaitState(String state, String reason) throws Exception {
        Eventually.see(
                state + ": " + reason,
                () -> port("lan"),
                port ->
                        port.path("state").asText().equals(state)
                                && port.path("reason").asText("").equals(reason));
    }

    @Test
    void shouldComeAndGoWithItsInterface() throws Exception {
        outside.inHost("ip", "link", "delete", "out0");
        lanyard.succeed("start", "--config", file);
        awaitState("down", "there is no interface 'out0'; it is waited for");
        outside.layCable();
        awaitState("up", "");
        JsonNode port = port("lan");
        assertEquals("packet", port.path("kind").asText());
        assertEquals("packet:out0", port.path("endpoint").asText());
        assertEquals(1500, port.path("mtu").asInt());
        assertTrue(lanyard.succeed("port", "show", "lan").out().contains("mtu       1500\n"));
        assertEquals(1, promiscuity());
        outside.peer("ip", "link", "set", "in0", "down");
        String carrier = "interface out0 has no carrier: no cable, or nobody at its other end";
        awaitState("down", carrier);
        outside.inHost("ip", "link", "set", "out0", "down");
        awaitState("down", "interface out0 is down; as root: ip link set out0 up");
        outside.inHost("ip", "link", "set", "out0", "name", "was0");
        awaitState("down", "interface out0 is gone; it is waited for");
        outside.inHost("ip", "link", "set", "was0", "name", "out0");
        awaitState("down", "interface out0 is down; as root: ip link set out0 up");
        outside.inHost("ip", "link", "delete", "out0");
        awaitState("down", "interface out0 is gone; it is waited for");
        Eventually.see(
                "a warning",
                this::log,
                log -> log.contains("WARN  port lan down: interface out0 is gone"));

        outside.layCable();
        awaitState("up", "");
        assertEquals(1, promiscuity());
        try (PingableGuest guest = PingableGuest.at(lanyard.path("guests.sock"), GUEST_ADDRESS)) {
            outside.peer("ping", "-n", "-c", "1", "-w", "20", "192.0.2.77");
            assertTrue(guest != null);
        }
        lanyard.kill();
        Eventually.see("an ordinary interface", this::promiscuity, n -> n == 0);
    }

    @Test
    void shouldNeedOneCapabilityAndSayWhich() throws Exception {
        String[] none = outside.host("setpriv", "--bounding-set=-all");
        Program.Ended refused = lanyard.behind(none).run("start", "--config", file);
        assertEquals(1, refused.exitCode());
        String said = "lanyard: port lan: open interface out0: Operation not permitted; it needs";
        assertTrue(refused.err().startsWith(said + " CAP_NET_RAW: run"), refused::err);
        Program weak = lanyard.behind(outside.host("setpriv", "--bounding-set=-all,+net_raw"));
        weak.succeed("start", "--config", file);
        awaitState("up", "");
        outside.inHost("ip", "link", "add", "br9", "type", "bridge");
        outside.inHost("ip", "link", "set", "out0", "master", "br9");
        Eventually.see(
                "a warning",
                () -> port("lan").path("reason").asText(),
                told -> told.startsWith("out0 is in a bridge, "));
        outside.inHost("ip", "link", "delete", "br9");
        assertEquals(1, promiscuity());
        lanyard.succeed("stop");
        assertEquals(0, promiscuity());

        String loopback = TOML.replace("out0", "lo");
        refused = lanyard.run("start", "--config", Files.writeString(Path.of(file), loopback) + "");
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().startsWith("lanyard: port lan: 'lo' is the"), refused::err);
    }
}
