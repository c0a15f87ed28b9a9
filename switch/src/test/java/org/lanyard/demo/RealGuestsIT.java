package org.lanyard.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.lanyard.frame.Mac;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;
import org.lanyard.guest.UBootGuest;

/**
 * Real QEMU guests on the packaged switch, started in the background as a user would: two Linux
 * guests, the host's TAP in a network namespace of its own, and U-Boot.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealGuestsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NO_LOSS = " 0% packet loss";

    private static DemoSwitch lan;
    private static LinuxGuest alice;
    private static LinuxGuest bob;

    @BeforeAll
    static void startSwitchAndGuests() throws Exception {
        lan = DemoSwitch.start(PackagedProgram.command());
        alice = boot("alice", "10.77.0.11");
        bob = boot("bob", "10.77.0.12");
    }

    private static LinuxGuest boot(String name, String address) throws Exception {
        Nic nic = Nic.virtio(lan.netdev(), Mac.format(Mac.random()));
        LinuxGuest guest = LinuxGuest.named(name).nic(nic).boot();
        guest.outputOf("ip address add " + address + "/24 dev eth0; ip link set eth0 up", PATIENCE);
        return guest;
    }

    @AfterAll
    static void stopAll() throws Exception {
        for (LinuxGuest guest : new LinuxGuest[] {alice, bob}) {
            if (guest != null) {
                guest.close();
            }
        }
        if (lan != null) {
            lan.close();
            assertTrue(Files.notExists(lan.dir()), "the runtime directory was left behind");
        }
    }

    @Test
    @Order(1)
    void shouldLetGuestsPingEachOtherWithoutLoss() {
        String there = alice.outputOf("ping -c 20 -i 0.1 10.77.0.12", PATIENCE);
        String back = bob.outputOf("ping -c 20 -i 0.1 10.77.0.11", PATIENCE);

        assertTrue(there.contains(NO_LOSS), there);
        assertTrue(back.contains(NO_LOSS), back);
    }

    @Test
    @Order(2)
    void shouldPassLargePingsInFragments() {
        String said = alice.outputOf("ping -c 5 -i 0.1 -s 9000 10.77.0.12", PATIENCE);

        assertTrue(said.contains(NO_LOSS), said);
    }

    @Test
    @Order(3)
    void shouldCarryIperf3BothWays() {
        bob.outputOf("iperf3 -s -D", PATIENCE);

        for (String direction : List.of("", "--reverse")) {
            String said =
                    alice.outputOf(
                            "for i in 1 2 3 4 5; do iperf3 -c 10.77.0.12 -t 3 -f k "
                                    + direction
                                    + " && break; sleep 1; done",
                            PATIENCE);
            assertTrue(kilobitsReceived(said) > 0, said);
        }
    }

    private static double kilobitsReceived(String iperf) {
        String line =
                iperf.lines()
                        .filter(l -> l.contains("receiver"))
                        .reduce((a, b) -> b)
                        .orElseThrow(() -> new AssertionError("no receiver's line in: " + iperf));
        String[] words = line.trim().split("\\s+");
        for (int i = 1; i < words.length; i++) {
            if (words[i].equals("Kbits/sec")) {
                return Double.parseDouble(words[i - 1]);
            }
        }
        throw new AssertionError("no rate in: " + line);
    }

    @Test
    @Order(4)
    void shouldHaveLearnedBothGuests() throws Exception {
        String ports = lan.ask("port", "list");
        String addresses = lan.ask("fdb", "list");

        assertTrue(addresses.contains("guests/1") && addresses.contains("guests/2"), addresses);
        assertTrue(ports.contains("guests/1") && ports.contains("guests/2"), ports);
    }

    @Test
    @Order(5)
    void shouldLetALinuxGuestPingTheHost() {
        assumeTap();

        String said = alice.outputOf("ping -c 10 -i 0.1 " + DemoSwitch.HOST_ADDRESS, PATIENCE);

        assertTrue(said.contains(NO_LOSS), said);
    }

    /** The case that the project was born from. */
    @Test
    @Order(6)
    void shouldLetUBootGetAnAddressAndPingTheHost() throws Exception {
        assumeTap();
        Nic nic = Nic.virtio(lan.netdev(), Mac.format(Mac.random()));

        try (DhcpServer dhcp = DhcpServer.start(lan);
                UBootGuest uboot = UBootGuest.boot("uboot", nic)) {
            uboot.run("setenv autoload no", PATIENCE);
            String lease = uboot.run("dhcp", PATIENCE).output();
            String ping = uboot.run("ping " + DemoSwitch.HOST_ADDRESS, PATIENCE).output();

            assertTrue(dhcp.isAlive());
            assertTrue(lease.contains("DHCP client bound to address 10.77.0."), lease);
            assertTrue(ping.contains("host " + DemoSwitch.HOST_ADDRESS + " is alive"), ping);
        }
    }

    @Test
    @Order(7)
    void shouldLetUBootPingTheHostWithAnE1000() throws Exception {
        assumeTap();
        Nic nic = Nic.e1000(lan.netdev(), Mac.format(Mac.random()));

        try (UBootGuest uboot = UBootGuest.boot("uboot", nic)) {
            uboot.run("setenv ipaddr 10.77.0.13", PATIENCE);
            String ping = uboot.run("ping " + DemoSwitch.HOST_ADDRESS, PATIENCE).output();

            assertTrue(ping.contains("host " + DemoSwitch.HOST_ADDRESS + " is alive"), ping);
        }
    }

    @Test
    @Order(8)
    void shouldKeepTheOthersConnectedWhenAGuestIsKilled() throws Exception {
        LinuxGuest carol = boot("carol", "10.77.0.14");
        String before = alice.outputOf("ping -c 2 10.77.0.14", PATIENCE);
        carol.close();
        String after = alice.outputOf("ping -c 10 -i 0.1 10.77.0.12", PATIENCE);

        assertTrue(before.contains(NO_LOSS), before);
        assertTrue(after.contains(NO_LOSS), after);
        assertEquals(-1, lan.ask("fdb", "list").indexOf("guests/3"), "its addresses are forgotten");
    }

    private static void assumeTap() {
        if (isRoot()) {
            assertNull(lan.whyNoTap(), "root can make a TAP in a namespace");
        }
        assumeTrue(lan.whyNoTap() == null, () -> "no TAP here: " + lan.whyNoTap());
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
