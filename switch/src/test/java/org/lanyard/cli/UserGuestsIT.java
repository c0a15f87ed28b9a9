package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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
import org.lanyard.guest.PxeGuest;
import org.lanyard.guest.UBootGuest;

/**
 * Real guests behind one user port, on a switch of a user without any privilege, on a host of the
 * test's own: nothing leaves it.
 */
@Timeout(600)
class UserGuestsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int FILE_SIZE = 4 << 20;
    private static final String GUESTS = "[ports.guests]\nstream = { listen = 'unix:g.sock' }\n";

    /** What a distribution's own script of udhcpc's does. */
    private static final String LEASE =
            """
            cat > /tmp/lease <<'END'
            #!/bin/sh
            [ "$1" = bound ] || exit 0
            ip address add $ip/$mask dev $interface
            ip route add default via $router
            echo nameserver $dns > /etc/resolv.conf
            END
            chmod +x /tmp/lease; ip link set eth0 up
            udhcpc -i eth0 -n -q -t 20 -s /tmp/lease""";

    @TempDir private Path temp;
    private OwnHost host;
    private Nobody nobody;
    private Program lanyard;

    @BeforeEach
    void become() throws Exception {
        host = OwnHost.in(temp);
        nobody = Nobody.in(temp);
        lanyard = nobody.programBehind("lan0", host.enter());
    }

    @AfterEach
    void cleanUp() throws IOException {
        if (nobody != null) {
            lanyard.cleanUp();
            nobody.close();
        }
        if (host != null) {
            host.close();
        }
    }

    private void start(String user) throws Exception {
        String file = nobody.file("lab.toml", GUESTS + "[ports.out]\nuser = { " + user + " }\n");
        assertEquals("", lanyard.succeed("start", "--config", file).err());
    }

    private String netdev() {
        return "stream,id=n0,server=off,addr.type=unix,addr.path=" + lanyard.path("g.sock");
    }

    private LinuxGuest boot(String name, int number) {
        Nic nic = Nic.virtio(netdev(), "52:54:00:00:00:0" + number);
        LinuxGuest guest = LinuxGuest.named(name).nic(nic).boot();
        guest.outputOf(LEASE, PATIENCE);
        return guest;
    }

    private static void assertHasAddress(String address, LinuxGuest guest) {
        String said = guest.outputOf("ip -4 address show dev eth0", PATIENCE);
        assertTrue(said.contains("inet " + address + "/24"), said);
    }

    private static String page(String name) {
        return "mkdir -p /tmp/www; echo -n page of "
                + name
                + " > /tmp/www/index.html; httpd -p 80 -h /tmp/www";
    }

    @Test
    void shouldBeTheWayOutOfTwoLinuxGuestsAndTheWayIn() throws Exception {
        start("hostfwd = ['tcp:127.0.0.1:8001-:80', 'tcp:127.0.0.1:8002-10.0.2.16:80']");
        try (LinuxGuest alice = boot("alice", 1);
                LinuxGuest bob = boot("bob", 2)) {
            assertHasAddress("10.0.2.15", alice);
            assertHasAddress("10.0.2.16", bob);
            for (LinuxGuest guest : new LinuxGuest[] {alice, bob}) {
                String ping = guest.outputOf("ping -c 3 -i 0.2 10.0.2.2", PATIENCE);
                assertTrue(ping.contains(" 0% packet loss"), ping);
                String url = "http://10.0.2.2:" + host.webPort() + "/";
                assertEquals(OwnHost.PAGE, guest.outputOf("wget -qO - " + url, PATIENCE));
                String name = guest.outputOf("nslookup -type=a " + OwnHost.KNOWN_NAME, PATIENCE);
                assertTrue(name.contains("Address: " + OwnHost.KNOWN_ADDRESS), name);
                guest.outputOf(page(guest.name()), PATIENCE);
            }
            // The router's advertisement gives an address of fec0::/64, in its own time.
            alice.outputOf("until ping6 -c 1 -W 1 fec0::2; do sleep 0.5; done", PATIENCE);
            String direct = alice.outputOf("ping -c 3 -i 0.2 10.0.2.16", PATIENCE);
            assertTrue(direct.contains(" 0% packet loss"), direct);
            assertTrue(host.browse(8001).endsWith("page of alice"));
            assertTrue(host.browse(8002).endsWith("page of bob"));

            String file =
                    nobody.file(
                            "other.toml",
                            GUESTS
                                    + "[ports.out]\nuser = { hostfwd ="
                                    + " ['tcp:127.0.0.1:8001-10.0.2.16:80'] }\n");
            lanyard.succeed("config", "apply", file);
            assertTrue(host.browse(8001).endsWith("page of bob"), "guests kept their addresses");

            // It starts again, and guests need not be asked: they keep what they have.
            String killed = out("peer/pid");
            ProcessHandle.of(Long.parseLong(killed)).orElseThrow().destroyForcibly();
            Eventually.see(
                    "another process that is up",
                    () -> out("state") + " " + out("peer/pid"),
                    now -> now.startsWith("up ") && !now.equals("up " + killed));
            String again = bob.outputOf("ping -c 3 -i 0.2 10.0.2.2", PATIENCE);
            assertTrue(again.contains(" 0% packet loss"), again);
            assertTrue(host.browse(8001).endsWith("page of bob"));
        }
    }

    private String out(String field) throws Exception {
        String said = lanyard.succeed("port", "show", "out", "--json").out();
        return new ObjectMapper().readTree(said).at("/" + field).asText();
    }

    @Test
    void shouldLetGuestsReachNothingButEachOtherWhenRestricted() throws Exception {
        start("restrict = true, hostfwd = ['tcp:127.0.0.1:8001-:80']");
        try (LinuxGuest guest = boot("guest", 1)) {
            String url = "http://10.0.2.2:" + host.webPort() + "/";
            assertFalse(guest.run("wget -T 5 -qO - " + url, PATIENCE).succeeded());
            guest.outputOf(page("guest"), PATIENCE);
            assertTrue(host.browse(8001).endsWith("page of guest"));
        }
    }

    @Test
    void shouldKeepGuestsOffTheHostsLoopback() throws Exception {
        start("host-loopback = false, hostfwd = ['tcp:127.0.0.1:8001-:80']");
        try (LinuxGuest guest = boot("guest", 1)) {
            String url = "http://10.0.2.2:" + host.webPort() + "/";
            assertFalse(guest.run("wget -T 5 -qO - " + url, PATIENCE).succeeded());
            guest.outputOf(page("guest"), PATIENCE);
            assertTrue(host.browse(8001).endsWith("page of guest"), "from the host");
            String forward = "http://10.0.2.2:8001/";
            assertFalse(
                    guest.run("wget -T 5 -qO - " + forward, PATIENCE).succeeded(),
                    "a forward is the host's alone then");
            guest.outputOf("ping -c 1 10.0.2.2", PATIENCE);
        }
    }

    @Test
    void shouldKeepGuestsFromForwardsWhereAPortIsIsolatedUnlessHairpinSaysSo() throws Exception {
        String user = "[ports.out]\nuser = { hostfwd = ['tcp::8001-:80']";
        start("hostfwd = ['tcp::8001-:80']");
        try (LinuxGuest guest = boot("guest", 1)) {
            guest.outputOf(page("guest"), PATIENCE);
            String get = "timeout 5 wget -qO - http://10.0.2.2:8001/";
            assertEquals("page of guest", guest.outputOf(get, PATIENCE));
            lanyard.succeed("port", "set", "guests", "isolated=true");
            Eventually.see("no page", () -> guest.run(get, PATIENCE).succeeded(), yes -> !yes);
            assertTrue(host.browse(8001).endsWith("page of guest"), "from the host");
            String url = "http://10.0.2.2:" + host.webPort() + "/";
            assertEquals(OwnHost.PAGE, guest.outputOf("wget -qO - " + url, PATIENCE));

            String isolated = GUESTS + "isolated = true\n" + user;
            String yes = nobody.file("yes.toml", isolated + ", hairpin = true }\n");
            lanyard.succeed("config", "apply", yes);
            Eventually.see("the page", () -> guest.run(get, PATIENCE).succeeded(), is -> is);
            lanyard.succeed("port", "set", "guests", "isolated=false");
            String no = nobody.file("no.toml", GUESTS + user + ", hairpin = false }\n");
            lanyard.succeed("config", "apply", no);
            Eventually.see("no page", () -> guest.run(get, PATIENCE).succeeded(), is -> !is);
        }
    }

    private Path tftp() throws IOException {
        Path tftp = Files.createDirectory(temp.resolve("tftp"));
        Files.setPosixFilePermissions(tftp, PosixFilePermissions.fromString("rwxr-xr-x"));
        return tftp;
    }

    private static void put(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void shouldBootUBootFromItsTftpDirectory() throws Exception {
        byte[] content = new byte[FILE_SIZE];
        new Random(11).nextBytes(content);
        CRC32 crc = new CRC32();
        crc.update(content);
        Path tftp = tftp();
        put(tftp.resolve("image.bin"), content);
        start("tftp = '" + tftp + "', bootfile = 'image.bin', restrict = true");
        Nic nic = Nic.virtio(netdev(), "52:54:00:00:00:03");
        try (UBootGuest uboot = UBootGuest.boot("uboot", nic)) {
            // What `bootcmd` does on a board: an address, the name of the file, the file.
            String said = uboot.run("setenv loadaddr 42000000; dhcp", PATIENCE).output();
            assertTrue(said.contains("DHCP client bound to address 10.0.2.15"), said);
            assertTrue(said.contains("Filename 'image.bin'."), said);
            assertTrue(said.contains("Bytes transferred = " + FILE_SIZE), said);
            String sum = uboot.run("crc32 42000000 ${filesize}", PATIENCE).output();
            assertTrue(sum.contains(String.format("==> %08x", crc.getValue())), sum);
            String ping = uboot.run("ping 10.0.2.2", PATIENCE).output();
            assertTrue(ping.contains("host 10.0.2.2 is alive"), ping);
            String outside = uboot.run("tftpboot 42000000 ../resolv.conf", PATIENCE).output();
            assertFalse(outside.contains("Bytes transferred"), outside);
        }
    }

    @Test
    void shouldBootAPcByPxe() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "needs QEMU for x86");
        Path tftp = tftp();
        put(tftp.resolve("boot.ipxe"), "#!ipxe\necho Lanyard says ${net0/ip}\n".getBytes());
        start("tftp = '" + tftp + "', bootfile = 'boot.ipxe'");
        try (PxeGuest pc = PxeGuest.boot("pc", netdev(), "52:54:00:00:00:04")) {
            pc.expect("Lanyard says 10.0.2.15", PATIENCE);
        }
    }

    @Test
    void shouldLeaveNoProcessBehind() throws Exception {
        start("hostfwd = ['tcp:127.0.0.1:8001-:80']");
        long stopped = Long.parseLong(out("peer/pid"));
        lanyard.succeed("stop");
        assertFalse(isAlive(stopped));

        start("hostfwd = ['tcp:127.0.0.1:8001-:80']");
        long orphaned = Long.parseLong(out("peer/pid"));
        lanyard.kill();
        Eventually.see("no child", () -> isAlive(orphaned), alive -> !alive);
        start("hostfwd = ['tcp:127.0.0.1:8001-:80']");
        lanyard.succeed("stop");
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
