package org.lanyard.demo;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.RunningSwitch;
import org.lanyard.guest.LinuxGuest;

/** Real guests in VLANs: one on a trunk with the kernel's own 8021q, two on access ports. */
class VlanGuestsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NO_LOSS = " 0% packet loss";
    private static final String CONFIGURATION =
            """
            [ports.office]
            stream = { listen = "unix:office.sock" }
            vlan = { access = 10 }

            [ports.lab]
            stream = { listen = "unix:lab.sock" }
            vlan = { access = 20 }

            [ports.trunk]
            stream = { listen = "unix:trunk.sock" }
            vlan = { trunk = [10, 20] }
            """;

    @TempDir private Path dir;

    private LinuxGuest boot(RunningSwitch lanyard, String port, int number) {
        return StreamGuest.boot(lanyard, port, number, "ip link set eth0 up", PATIENCE);
    }

    @Test
    void shouldLetEachVlanReachTheTrunkAndNotTheOther() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(CONFIGURATION, dir);
                LinuxGuest office = boot(lanyard, "office", 1);
                LinuxGuest lab = boot(lanyard, "lab", 2);
                LinuxGuest trunk = boot(lanyard, "trunk", 3)) {
            // One network for all, so that nothing but the VLANs keeps the two apart.
            office.outputOf("ip address add 10.9.0.1/24 dev eth0", PATIENCE);
            lab.outputOf("ip address add 10.9.0.2/24 dev eth0", PATIENCE);
            for (int vlan : new int[] {10, 20}) {
                trunk.outputOf(
                        "ip link add link eth0 name v"
                                + vlan
                                + " type vlan id "
                                + vlan
                                + "; ip link set v"
                                + vlan
                                + " up",
                        PATIENCE);
            }
            trunk.outputOf("ip address add 10.9.0.10/24 dev v10", PATIENCE);
            trunk.outputOf("ip address add 10.9.0.20/32 dev v20", PATIENCE);
            trunk.outputOf("ip route add 10.9.0.2/32 dev v20 src 10.9.0.20", PATIENCE);

            String here = office.outputOf("ping -c 10 -i 0.1 10.9.0.10", PATIENCE);
            assertTrue(here.contains(NO_LOSS), here);
            String there = lab.outputOf("ping -c 10 -i 0.1 10.9.0.20", PATIENCE);
            assertTrue(there.contains(NO_LOSS), there);
            String large = office.outputOf("ping -c 3 -i 0.1 -s 9000 10.9.0.10", PATIENCE);
            assertTrue(large.contains(NO_LOSS), large);

            assertFalse(
                    office.run("ping -c 2 -W 1 10.9.0.2", PATIENCE).succeeded(),
                    "from VLAN 10 into VLAN 20");
            trunk.outputOf("iperf3 -s -D", PATIENCE);
            String carried =
                    office.outputOf(
                            "sleep 1; iperf3 -c 10.9.0.10 -t 2; iperf3 -c 10.9.0.10 -t 2 -R",
                            PATIENCE);
            assertTrue(carried.contains("receiver"), carried);
        }
    }
}
