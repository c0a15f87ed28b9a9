package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.tapio.NetNamespace;

/**
 * Who reaches whom by way of a host with two TAPs, one of them with nat. Everybody is hostile, has
 * routes to everybody by way of the host, and a server at port {@value #OPEN}; the host's own, at
 * {@value #HOSTS}, is for all.
 *
 * <pre>
 *   peer 192.0.2.2 ── out0 host lan0 10.9.8.1 ── switch ─┬─ alice 10.9.8.101, isolated
 *                          │                             └─ bob   10.9.8.102, isolated
 *                         lan1 10.7.7.1 ── switch, another VLAN ── carol 10.7.7.101
 * </pre>
 */
@Timeout(300)
class GatewayIsolationIT {
    private static final int OPEN = 7000;
    private static final int HOSTS = 8022;
    private static final String PORTS = "1-1024," + OPEN + "," + HOSTS;
    private static final int PATIENCE_MILLIS = 1_000;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Pattern PROBED = Pattern.compile("Host: (\\S+) .*Ports: (.*)");
    private static final Pattern OPEN_PORT = Pattern.compile("(\\d+)/open/tcp");

    private static final String GATEWAY = "10.9.8.1";
    private static final String ALICE = "10.9.8.101";
    private static final String BOB = "10.9.8.102";
    private static final String OTHER_TAP = "10.7.7.1";
    private static final String CAROL = "10.7.7.101";
    private static final List<String> ALL =
            List.of(GATEWAY, ALICE, BOB, OTHER_TAP, CAROL, Outside.HOST, Outside.PEER);

    private static final String GATEWAY6 = "fd09::1";
    private static final String ALICE6 = "fd09::101";
    private static final String BOB6 = "fd09::102";
    private static final String OTHER_TAP6 = "fd07::1";
    private static final String CAROL6 = "fd07::101";
    private static final String HOST6 = "2001:db8::1";
    private static final List<String> ALL6 =
            List.of(GATEWAY6, ALICE6, BOB6, OTHER_TAP6, CAROL6, HOST6, Outside.PEER6);

    private static final String SERVED =
            ", dhcp = { range = \"10.9.8.200-10.9.8.210\", dns = true, domain = \"lab.test\" }";

    @TempDir private Path temp;
    private Outside outside;
    private NetNamespace alice;
    private NetNamespace bob;
    private NetNamespace carol;
    private final List<ServerSocket> servers = new ArrayList<>();
    private Program lanyard;

    @BeforeEach
    void enter() throws Exception {
        outside = Outside.create();
        lanyard = Program.in(temp.resolve("lan0")).behind(outside.host());
        outside.peer("ip", "route", "add", "default", "via", Outside.HOST);
        outside.peer("ip", "-6", "route", "add", "default", "via", HOST6);
        alice = guest("p1", ALICE, ALICE6, GATEWAY, GATEWAY6);
        bob = guest("p2", BOB, BOB6, GATEWAY, GATEWAY6);
        carol = guest("p3", CAROL, CAROL6, OTHER_TAP, OTHER_TAP6);
        // The switch lets neither see the other; the gateway is asked.
        alice.exec("ip", "route", "add", BOB, "via", GATEWAY);
        alice.exec("ip", "-6", "route", "add", BOB6, "via", GATEWAY6);
        bob.exec("ip", "route", "add", ALICE, "via", GATEWAY);
        bob.exec("ip", "-6", "route", "add", ALICE6, "via", GATEWAY6);
        for (NetNamespace place : List.of(alice, bob, carol, outside.peer())) {
            servers.add(place.call(() -> new ServerSocket(OPEN)));
        }
        servers.add(outside.hostPlace().call(() -> new ServerSocket(HOSTS)));
    }

    private NetNamespace guest(String cable, String four, String six, String via, String via6)
            throws IOException {
        NetNamespace guest = NetNamespace.create();
        outside.inHost(
                "ip",
                "link",
                "add",
                cable,
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                guest.name());
        // The host has no part in this cable but for the switch.
        outside.inHost("sysctl", "-qw", "net.ipv6.conf." + cable + ".disable_ipv6=1");
        outside.inHost("ip", "link", "set", cable, "arp", "off", "up");
        guest.exec("ip", "address", "add", four + "/24", "dev", "eth0");
        guest.exec("ip", "address", "add", six + "/64", "dev", "eth0", "nodad");
        guest.exec("ip", "link", "set", "eth0", "up");
        guest.exec("ip", "route", "add", "default", "via", via);
        guest.exec("ip", "-6", "route", "add", "default", "via", via6);
        return guest;
    }

    @AfterEach
    void leave() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
        if (outside != null) {
            lanyard.cleanUp();
            for (NetNamespace guest : new NetNamespace[] {alice, bob, carol}) {
                if (guest != null) {
                    guest.close();
                }
            }
            outside.close();
        }
    }

    /** What the host does for guests behind either TAP. */
    private String file(String lan0, String lan1) throws IOException {
        String toml =
                "[ports.alice]\npacket = { interface = \"p1\" }\nisolated = true\n"
                        + "[ports.bob]\npacket = { interface = \"p2\" }\nisolated = true\n"
                        + "[ports.host]\ntap = { name = \"lan0\", address = [\"10.9.8.1/24\","
                        + " \"fd09::1/64\"]"
                        + lan0
                        + " }\n[ports.carol]\npacket = { interface = \"p3\" }\nvlan = { access = 7"
                        + " }\n[ports.other]\ntap = { name = \"lan1\", address ="
                        + " [\"10.7.7.1/24\", \"fd07::1/64\"]"
                        + lan1
                        + " }\nvlan = { access = 7 }\n";
        return Files.writeString(temp.resolve("lab.toml"), toml).toString();
    }

    private void start(String lan0, String lan1) throws Exception {
        lanyard.succeed("start", "--config", file(lan0, lan1));
        see(alice, GATEWAY, HOSTS);
        see(alice, GATEWAY6, HOSTS);
        see(carol, OTHER_TAP, HOSTS);
        see(carol, OTHER_TAP6, HOSTS);
    }

    /** The carrier may come late. */
    private static void see(NetNamespace from, String address, int port) throws Exception {
        Eventually.see(address, () -> reaches(from, address, port), reached -> reached, LONG);
    }

    private static boolean reaches(NetNamespace from, String address, int port) throws IOException {
        return from.call(
                () -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
                        return true;
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    /** Open TCP ports as nmap finds them; who has none is not here. */
    private static Map<String, String> open(NetNamespace from, List<String> addresses)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("nmap", "-n", "-Pn", "-sT", "-oG", "-"));
        words.addAll(List.of("--max-retries", "1", "--min-rate", "2000", "-p", PORTS));
        if (addresses.get(0).contains(":")) {
            words.add("-6");
        }
        words.addAll(addresses);
        Map<String, String> found = new TreeMap<>();
        String said = from.exec(words.toArray(String[]::new));
        Matcher hosts = PROBED.matcher(said);
        while (hosts.find()) {
            List<String> ports =
                    OPEN_PORT.matcher(hosts.group(2)).results().map(port -> port.group(1)).toList();
            if (!ports.isEmpty()) {
                found.put(hosts.group(1), String.join(" ", ports));
            }
        }
        return found;
    }

    /** What a server of UDP says to that, or nothing. */
    private static String ask(NetNamespace from, String address, int port, byte[] question)
            throws IOException {
        return from.call(
                () -> {
                    try (DatagramSocket socket = new DatagramSocket()) {
                        socket.setSoTimeout(PATIENCE_MILLIS);
                        InetAddress to = InetAddress.getByName(address);
                        socket.send(new DatagramPacket(question, question.length, to, port));
                        DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
                        socket.receive(answer);
                        return new String(
                                answer.getData(),
                                0,
                                answer.getLength(),
                                StandardCharsets.ISO_8859_1);
                    } catch (SocketTimeoutException e) {
                        return "";
                    }
                });
    }

    /** The address of any name, by RFC 1035. */
    private static byte[] dnsQuestion() {
        ByteBuffer question = ByteBuffer.allocate(32).putShort((short) 7).putShort((short) 0x100);
        question.putShort((short) 1).putShort((short) 0).putInt(0);
        question.put((byte) 1).put((byte) 'x').put((byte) 3).put("lab".getBytes());
        question.put((byte) 4).put("test".getBytes()).put((byte) 0);
        question.putShort((short) 1).putShort((short) 1);
        byte[] bytes = new byte[question.position()];
        question.flip().get(bytes);
        return bytes;
    }

    /** RFC 1350. */
    private static byte[] tftpQuestion() {
        return "\0\1secret\0octet\0".getBytes(StandardCharsets.US_ASCII);
    }

    private String tftp() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path directory = Files.createDirectory(temp.resolve("tftp"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.writeString(directory.resolve("secret"), "keep it");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return ", tftp = \"" + directory + "\"";
    }

    @Test
    void shouldAnswerEachPlaceNothingButWhatTheConfigurationSays() throws Exception {
        start(", nat = true" + SERVED + tftp(), "");
        Map<String, String> fromGuest =
                Map.of(
                        GATEWAY,
                        "53 " + HOSTS,
                        OTHER_TAP,
                        "" + HOSTS,
                        Outside.HOST,
                        "" + HOSTS,
                        Outside.PEER,
                        "" + OPEN);
        see(alice, Outside.PEER, OPEN);
        assertEquals(new TreeMap<>(fromGuest), open(alice, others(ALL, ALICE)));
        // lan1 is without nat: its address is one of the host's as ever.
        Map<String, String> hosts = Map.of(OTHER_TAP, "" + HOSTS, Outside.HOST, "" + HOSTS);
        assertEquals(new TreeMap<>(hosts), open(carol, others(ALL, CAROL)));
        assertEquals(new TreeMap<>(hosts), open(outside.peer(), others(ALL, Outside.PEER)));

        Map<String, String> fromGuest6 =
                Map.of(
                        GATEWAY6,
                        "53 " + HOSTS,
                        OTHER_TAP6,
                        "" + HOSTS,
                        HOST6,
                        "" + HOSTS,
                        Outside.PEER6,
                        "" + OPEN);
        see(alice, Outside.PEER6, OPEN);
        assertEquals(new TreeMap<>(fromGuest6), open(alice, others(ALL6, ALICE6)));
        Map<String, String> hosts6 = Map.of(OTHER_TAP6, "" + HOSTS, HOST6, "" + HOSTS);
        assertEquals(new TreeMap<>(hosts6), open(carol, others(ALL6, CAROL6)));
        assertEquals(new TreeMap<>(hosts6), open(outside.peer(), others(ALL6, Outside.PEER6)));

        Map<String, String> all = new TreeMap<>();
        List.of(ALICE, BOB, CAROL, Outside.PEER).forEach(address -> all.put(address, "" + OPEN));
        List.of(OTHER_TAP, Outside.HOST).forEach(address -> all.put(address, "" + HOSTS));
        all.put(GATEWAY, "53 " + HOSTS);
        assertEquals(all, open(outside.hostPlace(), ALL));

        for (String gateway : List.of(GATEWAY, GATEWAY6)) {
            assertTrue(ask(alice, gateway, 69, tftpQuestion()).contains("keep it"), gateway);
            assertFalse(ask(alice, gateway, 53, dnsQuestion()).isEmpty(), gateway);
            assertFalse(ask(outside.hostPlace(), gateway, 53, dnsQuestion()).isEmpty(), gateway);
            for (NetNamespace stranger : List.of(carol, outside.peer())) {
                assertEquals("", ask(stranger, gateway, 69, tftpQuestion()), gateway);
                assertEquals("", ask(stranger, gateway, 53, dnsQuestion()), gateway);
            }
        }
    }

    private static List<String> others(List<String> all, String self) {
        return all.stream().filter(address -> !address.equals(self)).toList();
    }

    /** Where nothing needs rules, none are made: dnsmasq looks for itself. */
    @Test
    void shouldServeNamesAndFilesToThoseBehindTheTapWithoutNatToo() throws Exception {
        start(SERVED + tftp(), "");
        assertEquals("", outside.tables());
        for (String gateway : List.of(GATEWAY, GATEWAY6)) {
            assertTrue(ask(alice, gateway, 69, tftpQuestion()).contains("keep it"), gateway);
            assertFalse(ask(alice, gateway, 53, dnsQuestion()).isEmpty(), gateway);
            for (NetNamespace stranger : List.of(carol, outside.peer())) {
                assertEquals("", ask(stranger, gateway, 69, tftpQuestion()), gateway);
                assertEquals("", ask(stranger, gateway, 53, dnsQuestion()), gateway);
            }
        }
    }

    @Test
    void shouldLetGuestsMeetByTheGatewayWhereHairpinSaysSo() throws Exception {
        start(", nat = true", "");
        assertFalse(reaches(alice, BOB, OPEN));
        assertFalse(reaches(alice, BOB6, OPEN));
        assertFalse(reaches(alice, CAROL, OPEN));
        lanyard.succeed("config", "apply", file(", nat = true, hairpin = true", ""));
        assertTrue(lanyard.succeed("config", "show").out().contains("hairpin = true"));
        see(alice, BOB, OPEN);
        see(alice, BOB6, OPEN);
        see(alice, CAROL, OPEN);
        assertFalse(reaches(carol, ALICE, OPEN));
        lanyard.succeed("config", "apply", file(", nat = true", ""));
        assertFalse(reaches(bob, ALICE, OPEN));
        see(bob, Outside.PEER, OPEN);
    }

    private String forwards() throws IOException {
        return outside.inHost(
                "sysctl", "-n", "net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding");
    }

    @Test
    void shouldLetTwoTapsOutThatKnowNothingOfEachOther() throws Exception {
        start(", nat = true", ", nat = true");
        for (NetNamespace guest : List.of(alice, carol)) {
            see(guest, Outside.PEER, OPEN);
            see(guest, Outside.PEER6, OPEN);
        }
        assertFalse(reaches(alice, CAROL, OPEN));
        assertFalse(reaches(carol, ALICE, OPEN));
        lanyard.succeed("config", "apply", file("", ", nat = true"));
        see(carol, Outside.PEER, OPEN);
        see(carol, Outside.PEER6, OPEN);
        assertFalse(reaches(alice, Outside.PEER, OPEN));
        assertFalse(reaches(outside.peer(), ALICE, OPEN));
        assertFalse(reaches(carol, ALICE, OPEN));
        assertEquals("1\n1\n", forwards());
        lanyard.succeed("config", "apply", file("", ""));
        assertEquals("0\n0\n", forwards());
        assertEquals("", outside.tables());
    }

    @Test
    void shouldForwardNoLongerThanItIsNeeded() throws Exception {
        assertEquals("0\n0\n", forwards());
        start(", nat = true", "");
        assertEquals("1\n1\n", forwards());
        lanyard.kill();
        assertFalse(reaches(outside.peer(), CAROL, OPEN));
        lanyard.succeed("start", "--config", file("", ""));
        assertEquals("0\n0\n", forwards());
        assertEquals("", outside.tables());
        lanyard.succeed("config", "apply", file(", nat = true", ""));
        assertEquals("1\n1\n", forwards());
        lanyard.succeed("stop");
        assertEquals("0\n0\n", forwards());
    }

    /** As docker does once it runs. */
    @Test
    void shouldLetPassWhatOthersTranslateAndGoOnForwardingForThem() throws Exception {
        start(", nat = true", "");
        assertFalse(reaches(carol, Outside.PEER, OPEN));
        outside.inHost("nft", "add", "table", "ip", "nat");
        String chain = "{ type nat hook postrouting priority 100; }";
        outside.inHost("nft", "add", "chain", "ip", "nat", "POSTROUTING", chain);
        outside.inHost(
                "nft",
                "add",
                "rule",
                "ip",
                "nat",
                "POSTROUTING",
                "ip",
                "saddr",
                "10.7.7.0/24",
                "oifname",
                "out0",
                "masquerade");
        see(carol, Outside.PEER, OPEN);
        assertFalse(reaches(outside.peer(), CAROL, OPEN));
        lanyard.succeed("config", "apply", file("", ""));
        see(carol, Outside.PEER, OPEN);
        assertEquals("1\n0\n", forwards());
    }

    @Test
    void shouldLeaveARouterARouter() throws Exception {
        outside.inHost("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        start(", nat = true", "");
        see(outside.peer(), CAROL, OPEN);
        see(outside.peer(), CAROL6, OPEN);
        see(carol, Outside.PEER, OPEN);
        assertFalse(reaches(outside.peer(), ALICE, OPEN));
        assertFalse(reaches(carol, ALICE, OPEN));
        lanyard.succeed("stop");
        assertEquals("1\n1\n", forwards());
    }

    /** One that routes between some of its interfaces only. */
    @Test
    void shouldLeaveAnInterfaceARouterThatWasOne() throws Exception {
        outside.inHost("sysctl", "-qw", "net.ipv4.conf.out0.forwarding=1");
        start("", "");
        outside.inHost("sysctl", "-qw", "net.ipv4.conf.lan1.forwarding=1");
        see(outside.peer(), CAROL, OPEN);
        lanyard.succeed("config", "apply", file(", nat = true", ""));
        see(outside.peer(), CAROL, OPEN);
        assertFalse(reaches(outside.peer(), CAROL6, OPEN));
        lanyard.succeed("config", "apply", file("", ""));
        assertEquals("0\n0\n", forwards());
        see(outside.peer(), CAROL, OPEN);
    }

    /** A guest says that it is the peer, or carol that she is a guest of lan0's. */
    @Test
    void shouldPassOnNothingUnderAnothersAddress() throws Exception {
        start(", nat = true" + SERVED, "");
        see(alice, Outside.PEER, OPEN);
        outside.count(Outside.HOST);
        alice.exec("ip", "address", "add", Outside.PEER + "/32", "dev", "eth0");
        alice.exec("ip", "address", "add", "203.0.113.9/32", "dev", "eth0");
        carol.exec("ip", "address", "add", BOB + "/32", "dev", "eth0");
        for (String source : List.of(Outside.PEER, "203.0.113.9")) {
            say(alice, source, GATEWAY, 53);
            say(alice, source, CAROL, OPEN);
        }
        outside.peer("ip", "route", "add", "203.0.113.0/24", "via", Outside.HOST);
        say(alice, "203.0.113.9", Outside.PEER, OPEN);
        say(carol, BOB, Outside.PEER, OPEN);
        see(carol, Outside.HOST, HOSTS); // all of it is through
        assertTrue(outside.counted().contains(" packets 0 "), outside.counted());
    }

    private static void say(NetNamespace from, String source, String to, int port)
            throws IOException {
        from.run(
                () -> {
                    InetSocketAddress own = new InetSocketAddress(source, 0);
                    try (DatagramSocket socket = new DatagramSocket(own)) {
                        byte[] question = dnsQuestion();
                        InetAddress address = InetAddress.getByName(to);
                        socket.send(new DatagramPacket(question, question.length, address, port));
                    }
                });
    }
}
