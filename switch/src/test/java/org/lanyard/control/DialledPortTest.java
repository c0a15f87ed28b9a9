package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DialledPortTest {
    private static final long ALL = 0xffff_ffff_ffffL;
    private static final long FIRST = 0x0200_0000_0001L;

    private static final String TOML =
            """
            [ports.guests]
            stream = { listen = "unix:guests.sock" }
            [ports.peer]
            stream = { connect = "unix:peer.sock" }
            """;

    @TempDir private Path dir;
    private Path socket;

    @BeforeEach
    void name() {
        socket = dir.resolve("peer.sock");
    }

    /** The other switch; closed by the test, and its socket file with it. */
    private ServerSocketChannel listen() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        return listener;
    }

    private void leave(ServerSocketChannel listener) throws IOException {
        listener.close();
        Files.delete(socket);
    }

    private static String reason(RunningSwitch lanyard) throws IOException {
        return lanyard.port("peer").path("reason").asText();
    }

    private static void awaitReason(RunningSwitch lanyard, String part) throws Exception {
        Eventually.see(part, () -> reason(lanyard), reason -> reason.contains(part));
    }

    /** A listener whose queue is full drops what else comes (tcp(7), net/ipv4/tcp_ipv4.c). */
    @Test
    void shouldSayToWhomItIsConnectingWhileNobodyAnswers() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            for (int i = 0; i < 8; i++) {
                SocketChannel one = SocketChannel.open();
                waiting.add(one);
                one.configureBlocking(false);
                one.connect(full.getLocalSocketAddress());
            }
            String peer = "tcp:127.0.0.1:" + full.getLocalPort();
            try (RunningSwitch lanyard =
                    RunningSwitch.of(TOML.replace("unix:peer.sock", peer), dir)) {
                awaitReason(lanyard, "connecting to " + peer + " since ");
            }
        } finally {
            for (SocketChannel one : waiting) {
                one.close();
            }
        }
    }

    @Test
    void shouldBeNoObstacleToTheSwitchWhileNobodyAnswers() throws Exception {
        try (LogLines log = LogLines.of(DialledPort.class);
                RunningSwitch lanyard = RunningSwitch.of(TOML, dir)) {
            assertEquals("down", lanyard.state("peer"));
            String why = "connect to unix:" + socket + ": No such file or directory";
            assertEquals(why, reason(lanyard));
            assertEquals("WARNING port peer down: " + why + "; dialling again", log.lines().get(0));
        }
    }

    @Test
    void shouldConnectOnceThePeerIsThereAndPassFrames() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(TOML, dir);
                ServerSocketChannel listener = listen();
                SocketChannel peer = listener.accept();
                FrameClient guest = FrameClient.at(lanyard.path("guests.sock"))) {
            lanyard.await("peer", "up");
            lanyard.await("guests/1", "up");
            byte[] hello = FrameClient.frame(ALL, FIRST, "hello");
            ByteBuffer whole = ByteBuffer.allocate(64).putInt(60).put(hello).flip();
            peer.write(whole);
            assertArrayEquals(hello, guest.receive());
        }
    }

    @Test
    void shouldDialAgainWhenThePeerIsGoneAndComesBack() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(TOML, dir)) {
            ByteBuffer whole = ByteBuffer.allocate(64).putInt(60);
            whole.put(FrameClient.frame(ALL, FIRST, "hello"));
            for (int visit = 1; visit <= 3; visit++) {
                ServerSocketChannel listener = listen();
                try (SocketChannel peer = listener.accept()) {
                    lanyard.await("peer", "up");
                    peer.write(whole.flip());
                    int frames = visit;
                    Eventually.see(
                            "counters that go on: " + frames,
                            () -> lanyard.port("peer").path("rx_packets").asInt(),
                            count -> count == frames);
                } finally {
                    leave(listener);
                }
                lanyard.await("peer", "down");
                awaitReason(lanyard, "No such file or directory");
            }
        }
    }

    @Test
    void shouldTellThatADatagramSocketIsNoPeer() throws Exception {
        try (UnixDatagramChannel datagrams = UnixDatagramChannel.open();
                RunningSwitch lanyard = withDatagramSocket(datagrams)) {
            awaitReason(lanyard, "a datagram socket is bound there; this port speaks stream");
            assertEquals("down", lanyard.state("peer"));
        }
    }

    private RunningSwitch withDatagramSocket(UnixDatagramChannel datagrams) throws Exception {
        datagrams.bind(new UnixSocketAddress(socket.toFile()));
        return RunningSwitch.of(TOML, dir);
    }

    @Test
    void shouldTellThatATcpPeerRefuses() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String toml = "[ports.peer]\nstream = { connect = \"tcp:127.0.0.1:" + port + "\" }\n";
        try (RunningSwitch lanyard = RunningSwitch.of(toml, dir)) {
            awaitReason(lanyard, "connect to tcp:127.0.0.1:" + port + ": Connection refused");
        }
    }

    @Test
    void shouldConnectTwoSwitches() throws Exception {
        String toml = TOML.replace("unix:peer.sock", "unix:" + dir.resolve("b/guests.sock"));
        try (RunningSwitch a = RunningSwitch.of(toml, dir.resolve("a"));
                RunningSwitch b = RunningSwitch.in(dir.resolve("b"));
                FrameClient near = FrameClient.at(a.path("guests.sock"));
                FrameClient far = FrameClient.at(b.path("guests.sock"))) {
            a.await("peer", "up");
            a.await("guests/1", "up");
            b.await("guests/2", "up");
            byte[] hello = FrameClient.frame(ALL, FIRST, "over two hops");
            near.send(hello);
            assertArrayEquals(hello, far.receive());
        }
    }
}
