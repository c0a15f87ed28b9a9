package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;
import org.lanyard.tapio.NetNamespace;

/**
 * Real guests on a network card of the host's, which is one end of a cable between two network
 * namespaces; at the other end is a network with a DHCP server.
 */
@Timeout(300)
class MacvtapIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FAR = "10.9.7.1";
    private static final String FAR6 = "fd07::1";

    /** Who is there may have another address now. */
    private static final String AGAIN =
            "until ip neigh flush dev eth0; ping -c 1 -W 1 " + FAR + "; do :; done";

    private static final String MAC = "52:54:00:00:00:02";

    @TempDir private Path temp;
    private NetNamespace host;
    private NetNamespace far;
    private Program lanyard;
    private Nobody nobody;
    private final List<Program> programs = new ArrayList<>();
    private final List<Process> servers = new ArrayList<>();

    @BeforeEach
    void enter() throws Exception {
        host = NetNamespace.create();
        assumeTrue(
                host.exec("sh", "-c", "ls /sys/class | grep -x macvtap || true")
                        .contains("macvtap"),
                "needs a kernel with macvtap");
        far = NetNamespace.create();
        lay();
        lanyard = Program.in(temp.resolve("lan0")).behind(inHost());
        programs.add(lanyard);
    }

    @AfterEach
    void leave() throws IOException {
        for (Program program : programs) {
            program.cleanUp();
        }
        for (Process server : servers) {
            server.descendants().forEach(ProcessHandle::destroyForcibly);
            server.destroyForcibly();
        }
        for (NetNamespace namespace : new NetNamespace[] {host, far}) {
            if (namespace != null) {
                namespace.close();
            }
        }
        if (nobody != null) {
            nobody.close();
        }
    }

    /** The cable. */
    private void lay() throws IOException {
        host.exec("ip", "link", "add", "card", "type", "veth", "peer", "name", "end");
        host.exec("ip", "link", "set", "end", "netns", far.name());
        host.exec("ip", "link", "set", "card", "up");
        far.exec("ip", "address", "add", FAR + "/24", "dev", "end");
        far.exec("ip", "address", "add", FAR6 + "/64", "dev", "end", "nodad");
        far.exec("ip", "link", "set", "end", "up");
    }

    private String[] inHost() {
        return new String[] {"ip", "netns", "exec", host.name()};
    }

    private void serve(String... command) throws IOException {
        servers.add(
                far.process(command)
                        .redirectErrorStream(true)
                        .redirectOutput(temp.resolve(command[0] + ".log").toFile())
                        .start());
    }

    private void serveAddresses() throws IOException {
        serve(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--log-facility=-",
                "--port=0",
                "--interface=end",
                "--bind-interfaces",
                "--user=root",
                "--dhcp-range=10.9.7.100,10.9.7.199,1h",
                "--dhcp-leasefile=" + temp.resolve("leases"));
    }

    private static String toml(String macvtap) {
        return "[ports.guests]\nstream = { listen = \"unix:guests.sock\" }\n[ports.lan]\nmacvtap = { "
                + macvtap
                + " }\n";
    }

    private String file(String macvtap) throws IOException {
        return Files.writeString(temp.resolve("lab.toml"), toml(macvtap)).toString();
    }

    private LinuxGuest guest(Program program, String name, String mac) {
        String netdev =
                "stream,id=n0,server=off,addr.type=unix,addr.path=" + program.path("guests.sock");
        return LinuxGuest.named(name).nic(Nic.virtio(netdev, mac)).boot();
    }

    /** In this process, for it is asked often. */
    private static JsonNode ask(Program program, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--json", "--runtime-dir", program.dir().toString()));
        Cli result = Cli.run(all.toArray(String[]::new));
        assertEquals(0, result.exitCode(), result::err);
        return new ObjectMapper().readTree(result.out());
    }

    private static JsonNode port(Program program) throws Exception {
        return ask(program, "port", "show", "lan");
    }

    private static String reason(Program program) throws Exception {
        return port(program).path("reason").asText("");
    }

    private String log() throws IOException {
        return Files.readString(lanyard.path("lanyard.log"));
    }

    private String macvtaps() throws IOException {
        return host.exec("ip", "-brief", "link", "show", "type", "macvtap");
    }

    private static void assertAsksAndReaches(LinuxGuest guest) {
        String told = guest.outputOf(GatewayIT.ASK_FOR_AN_ADDRESS, PATIENCE);
        assertTrue(told.matches("(?s).*\\bip='10\\.9\\.7\\.1\\d\\d'.*"), told);
        String ping = guest.outputOf("ping -c 3 -i 0.2 " + FAR, PATIENCE);
        assertTrue(ping.contains(" 0% packet loss"), ping);
    }

    private void assertNothingLost() throws Exception {
        for (JsonNode port : ask(lanyard, "port", "list")) {
            for (String reason : List.of("not-segmented", "write-failed", "oversize", "runt")) {
                assertTrue(port.path("drops").path(reason).isMissingNode(), port::toString);
            }
        }
    }

    @Test
    void shouldServeAllGuestsOnACardThatIsPassedThrough() throws Exception {
        serveAddresses();
        serve("iperf3", "-s");
        host.exec("ip", "address", "add", "10.9.7.9/24", "dev", "card");
        lanyard.succeed("start", "--config", file("parent = \"card\", mode = \"passthru\""));
        CompletableFuture<LinuxGuest> boots =
                CompletableFuture.supplyAsync(() -> guest(lanyard, "one", MAC));
        try (LinuxGuest two = guest(lanyard, "two", "52:54:00:00:00:03");
                LinuxGuest one = boots.get(60, TimeUnit.SECONDS)) {
            assertAsksAndReaches(one);
            assertAsksAndReaches(two);
            // It is the guest that is asked first: its solicited-node group has to come in.
            one.outputOf("ip address add fd07::2/64 dev eth0 nodad", PATIENCE);
            far.exec("ping", "-n", "-6", "-c", "1", "-w", "20", "fd07::2");
            for (String way : List.of("-t 1", "-R -t 1")) {
                // Its server may not have done with the last one yet.
                String run = "iperf3 -c " + FAR + " " + way + " && break; sleep 1";
                String said = two.outputOf("for i in 1 2 3 4 5; do " + run + "; done", PATIENCE);
                assertTrue(said.contains("receiver"), said);
            }
            String[] askHost = {"ping", "-n", "-c", "1", "-W", "1", "10.9.7.9"};
            assertThrows(IOException.class, () -> far.exec(askHost), "the host is cut off");
            JsonNode port = port(lanyard);
            assertEquals("macvtap", port.path("kind").asText());
            assertEquals("macvtap:lan0-lan@card", port.path("endpoint").asText());
            assertEquals("up", port.path("state").asText());
            assertEquals("", port.path("reason").asText(""), port::toString);
        }
        assertNothingLost();
        assertTrue(log().contains("port lan up: macvtap lan0-lan on card, mode passthru"), log());
        assertTrue(log().contains("the host is not reached at 10.9.7.9 while card"), log());
        lanyard.succeed("stop");
        assertEquals("", macvtaps());
    }

    @Test
    void shouldServeTheGuestWhoseAddressItHasAndComeBack() throws Exception {
        serveAddresses();
        String file = file("parent = \"card\", mac = \"" + MAC + "\"");
        lanyard.succeed("start", "--config", file);
        try (LinuxGuest guest = guest(lanyard, "guest", MAC)) {
            assertAsksAndReaches(guest);
            assertEquals("", reason(lanyard));

            lanyard.succeed("fdb", "add", "52:54:00:00:00:07", "guests/1");
            Eventually.see(
                    "a word about who gets no answers",
                    () -> reason(lanyard),
                    "in mode bridge only 52:54:00:00:00:02 gets answers, and 1 other would not: mode passthru serves all, mac chooses the one"
                            ::equals);

            host.exec("ip", "link", "set", "lan0-lan", "down");
            Eventually.see(
                    "a word about the interface",
                    () -> reason(lanyard),
                    "lan0-lan is down; as root: ip link set lan0-lan up"::equals);
            assertEquals("down", port(lanyard).path("state").asText());
            Eventually.see(
                    "frames of the guest's that are lost",
                    () -> {
                        guest.outputOf("ping -c 1 -W 1 " + FAR + " || true", PATIENCE);
                        return port(lanyard).path("drops").path("interface-down").asInt();
                    },
                    lost -> lost > 0);
            host.exec("ip", "link", "set", "lan0-lan", "up");
            Eventually.see("up", () -> port(lanyard).path("state").asText(), "up"::equals);

            host.exec("ip", "link", "delete", "dev", "card");
            Eventually.see(
                    "a word about the card",
                    () -> reason(lanyard),
                    why -> why.startsWith("macvtap on card: there is no interface 'card'"));
            assertTrue(log().contains("WARN  port lan down: macvtap lan0-lan was deleted"), log());
            lay();
            Eventually.see("a macvtap again", this::macvtaps, all -> all.contains("lan0-lan"));
            guest.outputOf(AGAIN, PATIENCE);
        }
        lanyard.kill();
        assertTrue(macvtaps().contains("lan0-lan"), "it survives its switch");
        host.exec("ip", "link", "add", "link", "card", "name", "mine", "type", "macvtap");
        lanyard.succeed("start", "--config", file);
        assertTrue(log().contains("macvtap lan0-lan of a switch that was killed is removed"));
        lanyard.succeed("stop");
        assertTrue(macvtaps().startsWith("mine@card"), macvtaps());
    }

    @Test
    void shouldMoveToAnotherCardAndLeaveAnotherSwitchsAlone() throws Exception {
        host.exec("ip", "link", "add", "wire", "type", "veth", "peer", "name", "other");
        host.exec("ip", "link", "set", "wire", "up");
        host.exec("ip", "link", "set", "other", "up");
        lanyard.succeed("start", "--config", file("parent = \"card\""));
        lanyard.succeed("config", "apply", file("parent = \"wire\""));
        Eventually.see("its new card", this::macvtaps, all -> all.startsWith("lan0-lan@wire"));
        Eventually.see("up", () -> port(lanyard).path("state").asText(), "up"::equals);
        Program.Ended refused = lanyard.run("config", "apply", file("parent = \"nix\""));
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains("there is no interface 'nix'"), refused::err);

        // In a container on the host's network: the same path is another directory.
        String mount = "mount -t tmpfs -o mode=700 none " + lanyard.dir() + " && exec \"$@\"";
        List<String> container = new ArrayList<>(List.of(inHost()));
        container.addAll(List.of("unshare", "--mount", "sh", "-c", mount, "sh"));
        Program twin = Program.in(lanyard.dir()).behind(container.toArray(String[]::new));
        String before = macvtaps();
        refused = twin.run("start", "--config", file("parent = \"wire\""));
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains("a runtime directory of the same path"), refused::err);
        assertEquals(before, macvtaps());
        assertEquals("up", port(lanyard).path("state").asText());
        lanyard.succeed("stop");
        assertEquals("", macvtaps());
    }

    /** A station of the least kind: it asks for an address (RFC 826) and is answered. */
    private static void assertFindsTheFarEnd(Program program) throws Exception {
        try (FrameClient station = FrameClient.at(program.path("guests.sock"))) {
            Eventually.see(
                    "the station's port",
                    () -> ask(program, "port", "list").toString(),
                    ports -> ports.contains("\"guests/1\""));
            String sender = MAC.replace(":", "");
            String ask =
                    "0806" + "0001080006040001" + sender + "0a090705" + "000000000000" + "0a090701";
            station.send(HexFormat.of().parseHex("ffffffffffff" + sender + ask + "00".repeat(18)));
            String heard;
            do {
                heard = HexFormat.of().formatHex(station.receive());
            } while (!heard.startsWith("0806" + "0001080006040002", 24));
            assertTrue(heard.startsWith(sender), heard);
        }
    }

    /** A number that no other namespace's interface has, for /dev is one for all. */
    @Test
    void shouldUseOneThatExistsWithoutAnyPrivilegeAndLeaveItAsItIs() throws Exception {
        String index = "" + (1_000_000 + ProcessHandle.current().pid());
        host.exec(
                ("ip link add link card index " + index + " name mv0 address " + MAC)
                        .concat(" type macvtap mode private")
                        .split(" "));
        host.exec("ip", "link", "set", "mv0", "up");
        nobody = Nobody.in(temp);
        Program user = nobody.programBehind(List.of(inHost()), "lan0");
        programs.add(user);
        String file = nobody.file("lab.toml", toml("name = \"mv0\""));

        Program.Ended refused = user.run("start", "--config", file);
        assertEquals(1, refused.exitCode());
        String node = "/dev/tap" + index;
        String mend = "as root: chown $USER " + node;
        assertTrue(refused.err().contains(mend), refused::err);

        Files.setAttribute(Path.of(node), "unix:uid", Nobody.UID);
        user.succeed("start", "--config", file);
        Eventually.see(
                "a word about multicasts",
                () -> reason(user),
                why -> why.endsWith("as root: ip link set mv0 allmulticast on"));
        host.exec("ip", "link", "set", "mv0", "allmulticast", "on");
        Eventually.see("nothing lacking", () -> reason(user), String::isEmpty);
        assertEquals("macvtap:mv0", port(user).path("endpoint").asText());
        assertFindsTheFarEnd(user);
        Program.Ended second = lanyard.run("start", "--config", file);
        assertTrue(second.err().contains("macvtap mv0: another switch has it"), second::err);
        user.succeed("stop");
        String shown = host.exec("ip", "-d", "link", "show", "mv0");
        assertTrue(shown.contains(MAC) && shown.contains("macvtap mode private"), shown);

        String made = nobody.file("made.toml", toml("parent = \"card\""));
        refused = user.run("start", "--config", made);
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains("that needs CAP_NET_ADMIN; as root"), refused::err);
        assertTrue(refused.err().contains("; then macvtap = { name = "), refused::err);
        assertFalse(macvtaps().contains("lan0-lan"), macvtaps());
    }
}
