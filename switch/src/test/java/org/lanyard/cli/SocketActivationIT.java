package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;

/** The real program, started with sockets by systemd's own systemd-socket-activate(1). */
@Timeout(300)
class SocketActivationIT {
    private static final int CLOSE_ON_EXEC = 02000000;

    @TempDir private Path temp;
    private Program lanyard;
    private Path socket;
    private Process process;

    @BeforeEach
    void name() {
        lanyard = Program.in(temp.resolve("lan0"));
        socket = temp.resolve("passed.sock");
    }

    @AfterEach
    void cleanUp() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /** Listens, and runs the switch once somebody connects. */
    private void activate(List<String> sockets, String... words) throws Exception {
        List<String> activate = new ArrayList<>(List.of("systemd-socket-activate"));
        activate.addAll(sockets);
        activate.addAll(List.of("-E", "LC_ALL=C.UTF-8"));
        List<String> run = new ArrayList<>(List.of("run", "--runtime-dir"));
        run.add(lanyard.dir().toString());
        run.addAll(List.of(words));
        process = lanyard.behind(activate.toArray(String[]::new)).spawn(run.toArray(String[]::new));
    }

    private FrameClient connect() throws Exception {
        Eventually.see("the passed socket", () -> Files.exists(socket), there -> there);
        return Eventually.see(
                "a connection",
                () -> {
                    try {
                        return FrameClient.at(socket);
                    } catch (IOException e) {
                        return null; // bound, and does not listen yet
                    }
                },
                client -> client != null);
    }

    private void awaitAnswer() throws Exception {
        Eventually.see("an answer", () -> lanyard.run("status").exitCode(), code -> code == 0);
    }

    private JsonNode port(String name) throws Exception {
        String json = lanyard.succeed("port", "show", name, "--json").out();
        return new ObjectMapper().readTree(json);
    }

    private String endInOrder() throws Exception {
        lanyard.succeed("stop");
        Program.Ended ended = Program.end(process);
        assertEquals(0, ended.exitCode(), ended::err);
        return ended.err();
    }

    @Test
    void shouldTakeTheSocketOfAPortsNameInPlaceOfItsOwn() throws Exception {
        activate(List.of("-l", socket.toString(), "--fdname=guests"));
        try (FrameClient first = connect();
                FrameClient second = FrameClient.at(socket)) {
            FrameClient.meet(first, second);
            byte[] hello = FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello");
            first.send(hello);
            assertArrayEquals(hello, second.receive());

            assertEquals("unix:" + socket, port("guests").path("endpoint").asText());
            JsonNode peer = port("guests/1").path("peer");
            assertEquals(ProcessHandle.current().pid(), peer.path("pid").asLong());
            assertFalse(Files.exists(lanyard.path("guests.sock")), "it has no other");
            String info = Files.readString(Path.of("/proc/" + process.pid() + "/fdinfo/3"));
            String flags = info.lines().filter(line -> line.startsWith("flags:")).findFirst().get();
            int bits = Integer.parseInt(flags.substring("flags:".length()).strip(), 8);
            assertEquals(CLOSE_ON_EXEC, bits & CLOSE_ON_EXEC, info);
        }
        endInOrder();
        assertTrue(Files.exists(socket), "it is the service manager's");
    }

    @Test
    void shouldKeepTheSocketForAPortThatGoesAndComesBack() throws Exception {
        String guests = "[ports.guests]\nstream = { listen = \"unix:guests.sock\" }\n";
        Path with = Files.writeString(temp.resolve("with.toml"), guests);
        Path without = Files.writeString(temp.resolve("without.toml"), guests.replace("s]", "]"));
        activate(List.of("-l", socket.toString(), "--fdname=guests"), "--config", with.toString());
        connect().close();
        awaitAnswer();
        lanyard.succeed("config", "apply", without.toString());
        lanyard.succeed("config", "apply", with.toString());
        assertEquals("unix:" + socket, port("guests").path("endpoint").asText());
        try (FrameClient first = connect();
                FrameClient second = FrameClient.at(socket)) {
            FrameClient.meet(first, second);
        }
        endInOrder();
    }

    @Test
    void shouldTakeTcpSocketsTooAndCloseWhatNoPortWants() throws Exception {
        int tcp;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            tcp = free.getLocalPort();
        }
        activate(List.of("-l", "127.0.0.1:" + tcp, "-l", socket.toString(), "--fdname=guests:odd"));
        connect().close();
        awaitAnswer();
        assertEquals("tcp:127.0.0.1:" + tcp, port("guests").path("endpoint").asText());
        try (Socket guest = new Socket(InetAddress.getByName("127.0.0.1"), tcp)) {
            Eventually.see(
                    "the guest", () -> port("guests/1").path("state").asText(), "up"::equals);
            assertTrue(guest.isConnected());
        }
        assertThrows(IOException.class, () -> FrameClient.at(socket), "nobody listens any more");
        String log = endInOrder();
        assertTrue(
                log.contains("WARN  fd 4, passed as 'odd', is closed: no listening port has"), log);
    }

    @Test
    void shouldRefuseASocketThatIsNoListeningStream() throws Exception {
        int udp;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            udp = free.getLocalPort();
        }
        activate(List.of("-d", "-l", "127.0.0.1:" + udp, "--fdname=guests"));
        byte[] wake = "wake up".getBytes(StandardCharsets.US_ASCII);
        try (DatagramSocket from = new DatagramSocket()) {
            from.connect(InetAddress.getByName("127.0.0.1"), udp);
            Eventually.see(
                    "an end",
                    () -> {
                        if (process.isAlive()) {
                            try {
                                from.send(new java.net.DatagramPacket(wake, wake.length));
                            } catch (IOException e) {
                                return process.isAlive(); // nobody listens yet, or any more
                            }
                        }
                        return process.isAlive();
                    },
                    alive -> !alive);
        }
        Program.Ended ended = Program.end(process);
        assertEquals(1, ended.exitCode());
        assertTrue(
                ended.err()
                        .contains(
                                "lanyard: port guests: fd 3, passed by the service manager, can't be"
                                        + " used: it is no stream socket (SO_TYPE is 2)"),
                ended::err);
        assertFalse(Files.exists(lanyard.path("control.sock")));
    }
}
