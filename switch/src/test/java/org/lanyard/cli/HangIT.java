package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.control.NotifyReceiver;
import org.lanyard.tapio.NetNamespace;
import org.lanyard.tapio.NotifySocket;

/**
 * What a switch waits for does not answer: name servers, other programs, the service manager, who
 * reads its log. Guests connect, and whoever asks gets an answer, all the same. Each of these hangs
 * for five seconds at least: a longest turn that is shorter tells that the switch waited for none,
 * however busy this host is.
 */
@Timeout(300)
class HangIT {
    private static final double LONGEST_TURN_SECONDS = 4;
    private static final String GUESTS =
            "[ports.guests]\nstream = { listen = \"unix:guests.sock\" }\n";

    @TempDir private Path temp;
    private final ObjectMapper json = new ObjectMapper();
    private NetNamespace namespace;
    private Program lanyard;

    @BeforeEach
    void enter() throws Exception {
        namespace = NetNamespace.create();
        lanyard = Program.in(temp.resolve("lan0")).behind(in());
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void leave() throws IOException {
        if (namespace != null) {
            lanyard.cleanUp();
            namespace.close();
        }
    }

    private String[] in(String... words) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace.name()));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }

    private String file(String ports) throws IOException {
        return Files.writeString(temp.resolve("lab.toml"), GUESTS + ports).toString();
    }

    /** A program of that name, before others on PATH, that says nothing and does not end. */
    private Path hanging(String name) throws IOException {
        Path script = Files.createDirectories(temp.resolve("bin")).resolve(name);
        Files.writeString(script, "#!/bin/sh\nexec sleep 60\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    private JsonNode port(String name) throws Exception {
        JsonNode ports = json.readTree(lanyard.succeed("port", "list", "--json").out());
        return StreamSupport.stream(ports.spliterator(), false)
                .filter(port -> port.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void awaitReason(String port, String part) throws Exception {
        Eventually.see(
                "why " + port + " is down",
                () -> port(port).path("reason").asText(),
                reason -> reason.contains(part));
    }

    private void assertGuestsConnectAndNobodyWaits() throws Exception {
        try (SocketChannel guest = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            guest.connect(UnixDomainSocketAddress.of(lanyard.path("guests.sock")));
            Eventually.see(
                    "the guest",
                    () -> lanyard.succeed("port", "list", "--json").out(),
                    list -> list.contains("guests/1"));
        }
        JsonNode status = json.readTree(lanyard.succeed("status", "--json").out());
        double longest = status.path("longest_turn").asDouble(100);
        assertTrue(longest < LONGEST_TURN_SECONDS, "it kept all waiting for " + longest + " s");
    }

    private void assertStops() throws Exception {
        assertEquals(0, lanyard.run("stop").exitCode());
        Eventually.see("its end", lanyard::processes, List::isEmpty);
    }

    @Test
    void shouldWaitForNoNameServer() throws Exception {
        Path resolver = temp.resolve("resolv.conf");
        Files.writeString(
                resolver, "nameserver 127.0.0.2\nnameserver 127.0.0.3\nnameserver 127.0.0.4\n");
        String bind = "mount --bind " + resolver + " /etc/resolv.conf && exec \"$0\" \"$@\"";
        lanyard = Program.in(temp.resolve("lan0")).behind(in("sh", "-c", bind));
        try (DatagramSocket first = silent("127.0.0.2");
                DatagramSocket second = silent("127.0.0.3");
                DatagramSocket third = silent("127.0.0.4")) {
            assertTrue(first.isBound() && second.isBound() && third.isBound());
            String file =
                    file(
                            "[ports.peer]\nstream = { connect = \"tcp:peer.example:5555\" }\n"
                                    + "[ports.lab]\nstream = { listen = \"tcp:lab.example:5556\" }\n");
            String told = lanyard.succeed("start", "--config", file).out();
            assertTrue(told.contains("resolving peer.example"), told);
            assertTrue(told.contains("resolving lab.example"), told);
            assertGuestsConnectAndNobodyWaits();
            Eventually.see(
                    "the log",
                    () -> Files.readString(lanyard.path("lanyard.log")),
                    log -> log.contains("lab.example: no answer from name servers within 10 s"));
            lanyard.succeed("port", "add", "more", "stream={ connect = \"tcp:more.example:1\" }");
            assertGuestsConnectAndNobodyWaits();
            assertStops();
        }
    }

    @Test
    void shouldDialEachAddressOfANameUntilOneAnswers() throws Exception {
        Path hosts = temp.resolve("hosts");
        Files.writeString(hosts, "127.0.0.1 both.example\n::1 both.example\n");
        String bind = "mount --bind " + hosts + " /etc/hosts && exec \"$0\" \"$@\"";
        lanyard = Program.in(temp.resolve("lan0")).behind(in("sh", "-c", bind));
        for (String address : List.of("127.0.0.1", "::1")) {
            try (ServerSocket listener = namespace.call(() -> listening(address))) {
                String peer = "tcp:both.example:" + listener.getLocalPort();
                String file = file("[ports.peer]\nstream = { connect = \"" + peer + "\" }\n");
                lanyard.succeed("start", "--config", file);
                Eventually.see("peer", () -> port("peer").path("state").asText(), "up"::equals);
                assertStops();
            }
        }
    }

    private static ServerSocket listening(String address) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.bind(new InetSocketAddress(address, 0));
        return listener;
    }

    private DatagramSocket silent(String address) throws Exception {
        return namespace.call(() -> new DatagramSocket(new InetSocketAddress(address, 53)));
    }

    @Test
    void shouldNotWaitForNft() throws Exception {
        Path nft = hanging("nft");
        lanyard = lanyard.finding(nft.getParent() + ":" + System.getenv("PATH"));
        String file =
                file(
                        "[ports.host]\ntap = { name = \"lan0\", address = [\"10.9.8.1/24\"], nat = true }\n");
        String told = lanyard.succeed("start", "--config", file).out();
        assertTrue(told.contains("waiting for nft since"), told);
        assertGuestsConnectAndNobodyWaits();
        awaitReason("host", "nft did not answer within");
        Files.delete(nft);
        Eventually.see("the port", () -> port("host").path("state").asText(), "up"::equals);
        assertGuestsConnectAndNobodyWaits();
        assertStops();
    }

    @Test
    void shouldNotWaitForDnsmasq() throws Exception {
        lanyard = lanyard.finding(hanging("dnsmasq").getParent() + ":" + System.getenv("PATH"));
        String file =
                file(
                        "[ports.host]\ntap = { name = \"lan0\", address = [\"10.9.8.1/24\"],"
                                + " dhcp = { range = \"10.9.8.100-10.9.8.199\" } }\n");
        String told = lanyard.succeed("start", "--config", file).out();
        assertTrue(told.contains("waiting for dnsmasq since"), told);
        assertGuestsConnectAndNobodyWaits();
        awaitReason("host", "dnsmasq: it does not start");
        assertStops();
    }

    @Test
    void shouldNotWaitForTheBridgeHelper() throws Exception {
        String file =
                file(
                        "[ports.lan]\nbridge = { name = \"br0\", helper = \""
                                + hanging("helper")
                                + "\" }\n");
        String told = lanyard.succeed("start", "--config", file).out();
        assertTrue(told.contains("waiting for helper since"), told);
        assertGuestsConnectAndNobodyWaits();
        awaitReason("lan", "did not answer within");
        assertStops();
    }

    @Test
    void shouldNotWaitForAServiceManagerThatDoesNotListen() throws Exception {
        Path socket = temp.resolve("notify");
        try (NotifyReceiver receiver = new NotifyReceiver(socket.toString())) {
            NotifySocket sender = new NotifySocket(socket.toString());
            int messages = 0;
            while (sender.offer("X=1")) {
                assertTrue(++messages < 100_000, "its queue takes all");
            }
            lanyard = lanyard.behind(in("env", "NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=3000000"));
            lanyard.succeed("start", "--config", file(""));
            for (int change = 0; change < 3; change++) {
                assertGuestsConnectAndNobodyWaits();
            }
            assertStops();
            assertEquals("X=1", receiver.poll(), "nobody took what it was full of");
        }
    }

    @Test
    void shouldNotWaitForWhoReadsItsLog() throws Exception {
        Path pipe = temp.resolve("pipe");
        String full =
                "mkfifo "
                        + pipe
                        + "; exec 3<>"
                        + pipe
                        + "; dd if=/dev/zero of="
                        + pipe
                        + " bs=4096 count=16 oflag=nonblock 2> /dev/null; exec \"$0\" \"$@\" 2>&3";
        Program inForeground = lanyard.behind(in("sh", "-c", full));
        Process run = inForeground.spawn("run", "--config", file(""));
        try {
            Eventually.see(
                    "its socket",
                    () -> Files.exists(lanyard.path("guests.sock")),
                    is -> is,
                    Duration.ofSeconds(90));
            assertGuestsConnectAndNobodyWaits();
            assertEquals(0, lanyard.run("stop").exitCode());
            assertTrue(run.waitFor(60, TimeUnit.SECONDS), "it does not end");
        } finally {
            run.destroyForcibly();
        }
    }
}
