package org.lanyard.guest;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A PC without a disk: the ROM of its e1000 (Debian: ipxe-qemu) boots it from the network. */
public final class PxeGuest implements AutoCloseable {
    private static final Path ROM = Path.of("/usr/lib/ipxe/qemu/pxe-e1000.rom");

    private final QemuProcess machine;

    private PxeGuest(QemuProcess machine) {
        this.machine = machine;
    }

    /** Starts it; its firmware's screen is its serial console. */
    public static PxeGuest boot(String name, String netdev, String mac) {
        List<String> command = new ArrayList<>();
        command.add(Qemu.find("x86_64").path().toString());
        command.addAll(List.of("-name", name, "-nodefaults", "-no-user-config", "-accel", "tcg"));
        command.addAll(List.of("-M", "pc,graphics=off", "-display", "none", "-serial", "stdio"));
        command.addAll(List.of("-boot", "n", "-netdev", netdev));
        command.addAll(List.of("-device", "e1000,netdev=n0,mac=" + mac + ",romfile=" + ROM));
        return new PxeGuest(new QemuProcess(name, command));
    }

    /** What the screen shows up to that text. */
    public String expect(String text, Duration timeout) {
        return machine.console().expect(text, timeout);
    }

    @Override
    public void close() {
        machine.close();
    }
}
