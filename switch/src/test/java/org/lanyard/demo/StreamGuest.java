package org.lanyard.demo;

import java.time.Duration;
import org.lanyard.control.RunningSwitch;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;

/** A real guest on a listening port of a switch in this process. */
final class StreamGuest {
    private StreamGuest() {}

    /** Boots one that is up with the address 10.9.0.{@code number}. */
    static LinuxGuest addressed(RunningSwitch lanyard, String port, int number, Duration patience) {
        String command = "ip link set eth0 up; ip address add 10.9.0." + number + "/24 dev eth0";
        return boot(lanyard, port, number, command, patience);
    }

    /**
     * Boots it.
     *
     * @param number 1 to 9, of its MAC address
     * @param command that it runs first
     */
    static LinuxGuest boot(
            RunningSwitch lanyard, String port, int number, String command, Duration patience) {
        String socket = lanyard.path(port + ".sock").toString();
        String netdev = "stream,id=n0,server=off,addr.type=unix,addr.path=" + socket;
        LinuxGuest guest =
                LinuxGuest.named(port).nic(Nic.virtio(netdev, "52:54:00:00:00:0" + number)).boot();
        guest.outputOf(command, patience);
        return guest;
    }
}
