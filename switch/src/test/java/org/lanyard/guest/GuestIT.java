package org.lanyard.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests without a switch: if these fail, no other test with guests means anything. */
final class GuestIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path dir;

    private String cable(String server) {
        return "stream,id=n0,server=" + server + ",addr.type=unix,addr.path=" + dir.resolve("s");
    }

    @Test
    void shouldPingFromOneGuestStraightIntoAnother() {
        try (LinuxGuest one =
                        LinuxGuest.named("one")
                                .nic(Nic.virtio(cable("on"), "02:00:00:00:00:01"))
                                .boot();
                LinuxGuest two =
                        LinuxGuest.named("two")
                                .nic(Nic.e1000(cable("off"), "02:00:00:00:00:02"))
                                .boot()) {
            one.outputOf("ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up", PATIENCE);
            two.outputOf("ip addr add 10.0.0.2/24 dev eth0; ip link set eth0 up", PATIENCE);
            // The first may wait for e1000's link; it is not what is asked here.
            one.run("ping -c 1 -w 20 10.0.0.2", PATIENCE);
            String said = one.outputOf("ping -c 5 -i 0.2 -w 20 10.0.0.2", PATIENCE);
            assertTrue(said.contains(" 0% packet loss"), said);
            two.outputOf("iperf3 -s -D", PATIENCE);
            String figures = one.outputOf("sleep 1; iperf3 -c 10.0.0.2 -t 1", PATIENCE);
            assertTrue(figures.contains("receiver"), figures);
        }
    }

    @Test
    void shouldTellACommandsOutputAndStatus() {
        try (LinuxGuest guest =
                LinuxGuest.named("shell")
                        .nic(Nic.e1000("user,id=a", "02:00:00:00:00:0a"))
                        .nic(Nic.virtio("user,id=b", "02:00:00:00:00:0b"))
                        .boot()) {
            assertEquals(
                    new Result("it's\n2", 7),
                    guest.run("echo \"it's\"; echo $((1 + 1)) >&2; exit 7", PATIENCE));
            assertEquals(2, guest.run("if (", PATIENCE).status(), "a syntax error");
            assertEquals(
                    "02:00:00:00:00:0a\n02:00:00:00:00:0b",
                    guest.outputOf("cat /sys/class/net/eth?/address", PATIENCE),
                    "cards in the order given, whatever their drivers");
            assertThrows(
                    GuestException.class, () -> guest.run("sleep 100", Duration.ofMillis(300)));
            assertEquals(new Result("", 1), guest.run("pidof sleep", PATIENCE));
            assertTrue(
                    guest.outputOf(
                                    "ip link add br0 type bridge vlan_filtering 1"
                                            + " && ip link add link eth0 name v5 type vlan id 5"
                                            + " && ip link set eth1 master br0"
                                            + " && bridge vlan add dev eth1 vid 7"
                                            + " && bridge vlan",
                                    PATIENCE)
                            .contains("7"));
        }
    }

    @Test
    void shouldTellWhyAGuestDoesNotBoot() {
        LinuxGuest.Builder unplugged =
                LinuxGuest.named("unplugged").nic(Nic.virtio("string,id=n0", "02:00:00:00:00:01"));
        GuestException e = assertThrows(GuestException.class, unplugged::boot);
        assertTrue(e.getMessage().contains("'string'"), e.getMessage());
    }

    @Test
    void shouldReachTheFirmwaresPrompt() {
        UBootGuest guest = UBootGuest.boot("uboot", Nic.e1000("user,id=n0", "02:00:00:00:00:03"));
        try (guest) {
            assertTrue(guest.run("version", PATIENCE).output().startsWith("U-Boot 20"));
            assertEquals(new Result("", 1), guest.run("false", PATIENCE));
            assertEquals(
                    "ethaddr=02:00:00:00:00:03", guest.run("printenv ethaddr", PATIENCE).output());
        }
        assertFalse(guest.isAlive());
    }
}
