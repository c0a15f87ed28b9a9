package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;
import org.lanyard.guest.Qemu;
import org.lanyard.guest.UBootGuest;

/** What the host does for real guests behind its TAP: a way out, addresses, files. */
@Timeout(300)
class GatewayIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String DHCP = "dhcp = { range = \"10.9.8.100-10.9.8.199\" }";

    /** Nothing but what the server told is used. */
    static final String ASK_FOR_AN_ADDRESS =
            "echo 'case $1 in bound) ip address add $ip/$mask dev $interface;"
                    + " ip route add default via $router; set; esac' > /tmp/dhcp;"
                    + " chmod +x /tmp/dhcp; ip link set eth0 up;"
                    + " udhcpc -n -q -t 20 -T 1 -s /tmp/dhcp -x hostname:alice";

    @TempDir private Path temp;
    private Outside outside;
    private Program lanyard;

    @BeforeEach
    void enter() throws Exception {
        outside = Outside.create();
        lanyard = Program.in(temp.resolve("lan0")).behind(outside.host());
    }

    @AfterEach
    void leave() throws IOException {
        if (outside != null) {
            lanyard.cleanUp();
            outside.close();
        }
    }

    private String file(String gateway) throws IOException {
        String toml =
                "[ports.guests]\nstream = { listen = \"unix:guests.sock\" }\n[ports.host]\ntap = {"
                        + " name = \"lan0\", address = [\"10.9.8.1/24\", \"fd09::1/64\"]"
                        + (gateway.isEmpty() ? "" : ", " + gateway)
                        + " }\n";
        return Files.writeString(temp.resolve("lab.toml"), toml).toString();
    }

    private Nic nic(String mac) {
        String netdev = "stream,id=n0,server=off,addr.type=unix,addr.path=";
        return Nic.virtio(netdev + lanyard.path("guests.sock"), mac);
    }

    private LinuxGuest guest() {
        return LinuxGuest.named("guest").nic(nic("52:54:00:00:00:02")).boot();
    }

    private String log() throws IOException {
        return Files.readString(lanyard.path("lanyard.log"));
    }

    @Test
    void shouldLetAGuestOutThatKnowsNothingButItsName() throws Exception {
        lanyard.succeed(
                "start",
                "--config",
                file(
                        "nat = true, dhcp = { range = \"10.9.8.100-10.9.8.199\", lease = \"1h\","
                                + " dns = true, domain = \"lab.test\" }"));
        try (LinuxGuest guest = guest()) {
            String told = guest.outputOf(ASK_FOR_AN_ADDRESS, PATIENCE);
            assertTrue(told.matches("(?s).*\\bip='10\\.9\\.8\\.1\\d\\d'.*"), told);
            for (String option :
                    List.of(
                            "router='10.9.8.1'",
                            "dns='10.9.8.1'",
                            "domain='lab.test'",
                            "lease='3600'")) {
                assertTrue(told.contains(option), told);
            }
            String found = guest.outputOf("nslookup alice.lab.test 10.9.8.1", PATIENCE);
            assertTrue(found.matches("(?s).*alice.*Address.*10\\.9\\.8\\.1\\d\\d.*"), found);

            String ping = guest.outputOf("ping -c 5 -i 0.2 " + Outside.PEER, PATIENCE);
            assertTrue(ping.contains(" 0% packet loss"), ping);
            guest.outputOf("ip address add fd09::2/64 dev eth0 nodad", PATIENCE);
            guest.outputOf("ip -6 route add default via fd09::1", PATIENCE);
            String ping6 = guest.outputOf("ping -6 -c 5 -i 0.2 " + Outside.PEER6, PATIENCE);
            assertTrue(ping6.contains(" 0% packet loss"), ping6);

            Process server = outside.serveIperf();
            String iperf =
                    guest.outputOf(
                            "for i in 1 2 3 4 5; do iperf3 -n 20M -c "
                                    + Outside.PEER
                                    + " && break; sleep 1; done",
                            PATIENCE);
            assertTrue(iperf.contains("receiver"), iperf);
            String accepted = Program.end(server).out();
            assertTrue(accepted.contains("Accepted connection from " + Outside.HOST), accepted);
            assertFalse(accepted.contains("10.9.8."), accepted);

            outside.count("172.16.0.9");
            guest.outputOf("ip address add 172.16.0.9/32 dev eth0", PATIENCE);
            String spoofed = "ping -c 2 -i 0.2 -W 2 -I 172.16.0.9 " + Outside.PEER;
            assertFalse(guest.run(spoofed, PATIENCE).succeeded());
            assertTrue(outside.counted().contains(" packets 0 "), outside.counted());

            String address = guest.outputOf("ip -4 -brief address show dev eth0", PATIENCE);
            String own = address.replaceFirst("(?s).*?(10\\.9\\.8\\.\\d+)/24.*", "$1");
            outside.peer("ip", "route", "add", "10.9.8.0/24", "via", Outside.HOST);
            IOException refused =
                    assertThrows(
                            IOException.class,
                            () -> outside.peer("ping", "-n", "-c", "2", "-W", "3", own));
            assertTrue(refused.getMessage().contains("Packet filtered"), refused.getMessage());
        }
        assertTrue(
                log().contains("port host: set net.ipv4.ip_forward = 1 on this host"), this::told);
    }

    private String told() {
        try {
            return log();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void shouldGiveUBootAnAddressAndFourMebibytes() throws Exception {
        byte[] image = new byte[4 << 20];
        new Random(7).nextBytes(image);
        CRC32 crc = new CRC32();
        crc.update(image);
        lanyard.succeed("start", "--config", file(DHCP + ", " + tftp("image.bin", image)));
        try (UBootGuest uboot = UBootGuest.boot("uboot", nic("52:54:00:00:00:03"))) {
            uboot.run("setenv autoload no", PATIENCE);
            String lease = uboot.run("dhcp", PATIENCE).output();
            assertTrue(lease.contains("DHCP client bound to address 10.9.8.1"), lease);
            // It takes the boot file's name and the server from what DHCP told.
            String loaded = uboot.run("tftpboot 0x42000000", PATIENCE).output();
            assertTrue(loaded.contains("Bytes transferred = 4194304"), loaded);
            String sum = uboot.run("crc32 0x42000000 $filesize", PATIENCE).output();
            assertTrue(sum.contains(String.format("==> %08x", crc.getValue())), sum);
        }
    }

    /** A card's boot ROM, which is iPXE, in a machine that has nothing else to boot. */
    @Test
    void shouldBootAPcByItsNetworkCard() throws Exception {
        Qemu qemu = Qemu.find("x86_64");
        lanyard.succeed("start", "--config", file(DHCP + ", " + tftp("boot.img", bootProgram())));
        String netdev =
                "stream,id=n0,server=off,addr.type=unix,addr.path=" + lanyard.path("guests.sock");
        Path screen = temp.resolve("screen");
        Process machine =
                new ProcessBuilder(
                                qemu.path().toString(),
                                "-nodefaults",
                                "-no-user-config",
                                "-display",
                                "none",
                                "-serial",
                                "stdio",
                                "-M",
                                "pc,graphics=off",
                                "-boot",
                                "n",
                                "-netdev",
                                netdev,
                                "-device",
                                "virtio-net-pci,netdev=n0,mac=52:54:00:00:00:09")
                        .redirectErrorStream(true)
                        .redirectOutput(screen.toFile())
                        .start();
        try {
            Eventually.see(
                    "the program's words",
                    () -> Files.readString(screen, StandardCharsets.ISO_8859_1),
                    said -> said.contains("lanyard netboot works"),
                    PATIENCE);
        } finally {
            machine.destroyForcibly().waitFor();
        }
    }

    /** What PXE loads to 0:7c00 and jumps to: 8086 code that says a sentence by the BIOS. */
    private static byte[] bootProgram() {
        byte[] code =
                HexFormat.of()
                        .parseHex(
                                "31c08ed8" // xor ax, ax; mov ds, ax
                                        + "be157c" // mov si, 7c15
                                        + "ac84c07406" // lodsb; test al, al; jz +6
                                        + "b40ecd10ebf5" // mov ah, 0e; int 10; jmp -11
                                        + "f4ebfd"); // hlt; jmp -3
        byte[] sentence = "\r\nlanyard netboot works\r\n".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(2048).put(code).put(sentence).array();
    }

    /** What the switch's user for dnsmasq may read. */
    private String tftp(String name, byte[] content) throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path directory = Files.createDirectory(temp.resolve("tftp"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.write(directory.resolve(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return "tftp = \"" + directory + "\", bootfile = \"" + name + "\"";
    }

    @Test
    void shouldTakeAllBackAtTheEnd() throws Exception {
        lanyard.succeed("start", "--config", file("nat = true, " + DHCP));
        assertEquals(1, outside.running("dnsmasq").size());
        assertEquals("table inet lanyard-lan0\n", outside.tables());
        String status =
                Files.readString(Path.of("/proc", outside.running("dnsmasq").get(0), "status"));
        assertFalse(status.contains("Uid:\t0"), status);
        assertTrue(status.contains("CapEff:\t0000000000003400"), status);
        lanyard.succeed("stop");
        assertEquals(List.of(), outside.running("dnsmasq"));
        assertEquals("", outside.tables());
        assertThrows(IOException.class, () -> outside.inHost("ip", "link", "show", "lan0"));
    }

    @Test
    void shouldLeaveNothingForGoodWhenItIsKilled() throws Exception {
        lanyard.succeed("start", "--config", file("nat = true, " + DHCP));
        lanyard.kill();
        Eventually.see("no dnsmasq", () -> outside.running("dnsmasq"), List::isEmpty);
        Eventually.see(
                "no TAP", () -> outside.inHost("ip", "-brief", "link"), s -> !s.contains("lan0"));
        assertEquals("table inet lanyard-lan0\n", outside.tables());
        outside.inHost("nft", "add", "table", "inet", "lanyard-");
        outside.inHost("nft", "add", "table", "inet", "somebody-elses");
        String doctor = lanyard.succeed("doctor").out();
        assertTrue(doctor.contains("nft delete table inet lanyard-lan0"), doctor);
        lanyard.succeed("start", "--config", file(""));
        assertEquals("table inet lanyard-\ntable inet somebody-elses\n", outside.tables());
    }

    @Test
    void shouldReplaceTheRulesOfItsKilledPredecessor() throws Exception {
        lanyard.succeed("start", "--config", file("nat = true"));
        String rules = outside.inHost("nft", "list", "ruleset");
        lanyard.kill();
        lanyard.succeed("start", "--config", file("nat = true"));
        assertEquals(rules, outside.inHost("nft", "list", "ruleset"));
    }

    /** As docker and ufw leave a host. */
    @Test
    void shouldTellHowToPassAnothersRulesThatDropWhatIsForwarded() throws Exception {
        outside.inHost("nft", "add", "table", "ip", "filter");
        String chain = "{ type filter hook forward priority 0; policy drop; }";
        outside.inHost("nft", "add", "chain", "ip", "filter", "FORWARD", chain);
        lanyard.succeed("start", "--config", file("nat = true, " + DHCP));
        String doctor = lanyard.succeed("doctor").out();
        assertTrue(doctor.contains("drop what is forwarded: chain ip filter FORWARD"), doctor);
        assertTrue(log().contains("drops what is forwarded, guests' packets too"), this::told);
        String mend =
                log().replaceFirst("(?s).*chain ip filter FORWARD; as root: ([^\\n]*).*", "$1");
        try (LinuxGuest guest = guest()) {
            guest.outputOf(ASK_FOR_AN_ADDRESS, PATIENCE);
            String ping = "ping -c 3 -i 0.2 -W 3 " + Outside.PEER;
            assertFalse(guest.run(ping, PATIENCE).succeeded());
            outside.inHost("sh", "-ec", mend);
            assertTrue(guest.outputOf(ping, PATIENCE).contains(" 0% packet loss"));
        }
    }

    @Test
    void shouldTellHowToPassTheHostsFirewallThatDropsWhatGuestsAskTheHost() throws Exception {
        outside.inHost("nft", "add", "table", "inet", "filter");
        String chain = "{ type filter hook input priority 0; policy drop; }";
        outside.inHost("nft", "add", "chain", "inet", "filter", "input", chain);
        lanyard.succeed("start", "--config", file(DHCP));
        String doctor = lanyard.succeed("doctor").out();
        assertTrue(doctor.contains("DHCP, DNS, TFTP: chain inet filter input"), doctor);
        assertTrue(log().contains("drops what guests ask it for, DHCP"), this::told);
        String mend =
                log().replaceFirst("(?s).*chain inet filter input; as root: ([^\\n]*).*", "$1");
        try (LinuxGuest guest = guest()) {
            String briefly = ASK_FOR_AN_ADDRESS.replace("-t 20", "-t 3");
            assertFalse(guest.run(briefly, PATIENCE).succeeded());
            outside.inHost("sh", "-ec", mend);
            guest.outputOf(ASK_FOR_AN_ADDRESS, PATIENCE);
            String addresses = guest.outputOf("ip -4 address show eth0", PATIENCE);
            assertTrue(addresses.contains("10.9.8.1"), addresses);
        }
    }

    /** A user who may open /dev/net/tun, and has these capabilities as ambient ones. */
    private Program with(String rights, Nobody nobody) {
        return nobody.program("lan0")
                .behind(
                        outside.host(
                                "sh",
                                "-ec",
                                "mount -t tmpfs none /dev/net; mknod -m 666 /dev/net/tun"
                                        + " c 10 200; exec \"$@\"",
                                "sh",
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                "--no-new-privs",
                                "--inh-caps=" + rights,
                                "--ambient-caps=" + rights,
                                "--bounding-set=" + rights));
    }

    /** As systemd starts it with AmbientCapabilities=. */
    @Test
    void shouldServeAsAUserWithThreeCapabilities() throws Exception {
        try (Nobody nobody = Nobody.in(temp)) {
            lanyard = with("-all,+net_admin,+net_raw,+net_bind_service", nobody);
            String tftp = "tftp = \"/usr/share\"";
            String toml = Files.readString(Path.of(file("nat = true, " + DHCP + ", " + tftp)));
            lanyard.succeed("start", "--config", nobody.file("lab.toml", toml));
            try (LinuxGuest guest = guest()) {
                guest.outputOf(ASK_FOR_AN_ADDRESS, PATIENCE);
                String ping = guest.outputOf("ping -c 3 -i 0.2 " + Outside.PEER, PATIENCE);
                assertTrue(ping.contains(" 0% packet loss"), ping);
            }
            lanyard.succeed("stop");
            assertEquals("", outside.tables());
            assertEquals(List.of(), outside.running("dnsmasq"));
        }
    }

    @Test
    void shouldStartADnsmasqAgainThatDied() throws Exception {
        lanyard.succeed("start", "--config", file(DHCP));
        String first = outside.running("dnsmasq").get(0);
        outside.inHost("kill", "-9", first);
        Eventually.see(
                "another",
                () -> outside.running("dnsmasq"),
                now -> now.size() == 1 && !now.contains(first));
        assertTrue(log().contains("WARN  port host: dnsmasq died: "), this::told);
        try (LinuxGuest guest = guest()) {
            guest.outputOf(ASK_FOR_AN_ADDRESS, PATIENCE);
        }
    }

    @Test
    void shouldChangeWhatTheHostDoesWhileTheTapStays() throws Exception {
        lanyard.succeed("start", "--config", file(""));
        String index = index();
        lanyard.succeed("config", "apply", file("nat = true, " + DHCP));
        assertEquals(1, outside.running("dnsmasq").size());
        assertEquals("table inet lanyard-lan0\n", outside.tables());
        String server = outside.running("dnsmasq").get(0);

        Program.Ended refused = lanyard.run("config", "apply", file(DHCP + ", tftp = \"/none\""));
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains("port host: dnsmasq: "), refused::err);
        assertTrue(refused.err().contains("/none"), refused::err);
        assertEquals("table inet lanyard-lan0\n", outside.tables());
        assertEquals(1, outside.running("dnsmasq").size());
        assertNotEquals(server, outside.running("dnsmasq").get(0));
        String shown = lanyard.succeed("config", "show").out();
        assertTrue(shown.contains("nat = true") && !shown.contains("/none"), shown);

        lanyard.succeed("config", "apply", file(DHCP));
        assertEquals("", outside.tables());
        lanyard.succeed("config", "apply", file(""));
        assertEquals(List.of(), outside.running("dnsmasq"));
        assertEquals(index, index(), "the same TAP all the time");
    }

    private String index() throws IOException {
        return outside.inHost("cat", "/sys/class/net/lan0/ifindex");
    }

    @Test
    void shouldSayWhatKeepsItFromServing() throws Exception {
        Program.Ended refused =
                lanyard.run(
                        "start", "--config", file("nat = true, " + DHCP + ", tftp = \"/none\""));
        assertEquals(1, refused.exitCode());
        assertTrue(
                refused.err().startsWith("lanyard: port host: dnsmasq: TFTP directory /none"),
                refused::err);
        assertEquals("", outside.tables());
        assertEquals(List.of(), outside.running("dnsmasq"));
        assertFalse(outside.inHost("ip", "-brief", "link").contains("lan0"));
    }

    @Test
    void shouldSayWhichPrivilegesItNeeds() throws Exception {
        outside.inHost("ip", "tuntap", "add", "dev", "lan0", "mode", "tap");
        Program weak = lanyard.behind(outside.host("setpriv", "--bounding-set=-all"));
        Program.Ended refused = weak.run("start", "--config", file("nat = true"));
        assertEquals(1, refused.exitCode());
        assertTrue(
                refused.err().startsWith("lanyard: port host: nat needs CAP_NET_ADMIN"),
                refused::err);
        String toml = "[ports.host]\ntap = { name = \"lan0\", tftp = \"/usr\" }\n";
        Path tftp = Files.writeString(temp.resolve("tftp.toml"), toml);
        outside.inHost("ip", "address", "add", "10.9.8.1/24", "dev", "lan0");
        outside.inHost("ip", "link", "set", "lan0", "up");
        refused = weak.run("start", "--config", tftp.toString());
        assertEquals(1, refused.exitCode());
        String never = "lanyard: port host: dnsmasq does not run as root, and root can't make";
        assertTrue(refused.err().startsWith(never), refused::err);
        try (Nobody nobody = Nobody.in(temp)) {
            refused = with("-all", nobody).run("start", "--config", nobody.file("t.toml", toml));
        }
        assertEquals(1, refused.exitCode());
        assertTrue(
                refused.err().contains("Permission denied; it needs root, or CAP_"), refused::err);
    }
}
