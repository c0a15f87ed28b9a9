package org.lanyard.guest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest that is nothing but a boot loader: U-Boot on an emulated aarch64 board with one network
 * card. It is up in under a second, and its network stack is not Linux's. It answers ARP and ping
 * only while a network command of its own runs.
 *
 * <p>Thread contract: one thread at a time runs commands; {@link #close} may come from any.
 */
public final class UBootGuest implements AutoCloseable {
    private static final Path FIRMWARE = Path.of("/usr/lib/u-boot/qemu_arm64/u-boot.bin");
    private static final String PROMPT = "\n=> ";
    private static final Duration BOOT = Duration.ofSeconds(60);
    private static final Duration RECOVERY = Duration.ofSeconds(5);

    private final String name;
    private final QemuProcess machine;

    private UBootGuest(String name, QemuProcess machine) {
        this.name = name;
        this.machine = machine;
    }

    /**
     * Boots with {@code qemu-system-aarch64} from PATH; returns when U-Boot shows its prompt.
     *
     * @param name for error messages and threads
     * @throws GuestException when QEMU or the firmware (Debian: u-boot-qemu; else the environment's
     *     {@code LANYARD_UBOOT}) is missing, or the prompt does not come
     */
    public static UBootGuest boot(String name, Nic nic) {
        return boot(name, Qemu.find("aarch64"), nic);
    }

    /** As {@link #boot(String, Nic)} with a given QEMU for aarch64. */
    public static UBootGuest boot(String name, Qemu qemu, Nic nic) {
        QemuProcess machine = new QemuProcess(name, command(name, qemu, firmware(), nic));
        try {
            Console console = machine.console();
            console.expect("Hit any key", BOOT);
            console.send("\n");
            console.expect(PROMPT, BOOT);
            UBootGuest guest = new UBootGuest(name, machine);
            // Its virtio driver (2023.01) reads the first byte of the MAC six times.
            guest.run("setenv -f ethaddr " + nic.mac(), BOOT);
            return guest;
        } catch (GuestException e) {
            machine.close();
            throw new GuestException(name + " did not boot: " + e.getMessage());
        }
    }

    private static Path firmware() {
        String given = System.getenv().getOrDefault("LANYARD_UBOOT", "");
        Path firmware = given.isEmpty() ? FIRMWARE : Path.of(given);
        if (!Files.isReadable(firmware)) {
            throw new GuestException("no U-Boot at " + firmware + "; install u-boot-qemu");
        }
        return firmware;
    }

    static List<String> command(String name, Qemu qemu, Path firmware, Nic nic) {
        List<String> command = new ArrayList<>();
        command.add(qemu.path().toString());
        command.addAll(List.of("-name", name, "-nodefaults", "-no-user-config"));
        command.addAll(List.of("-display", "none", "-serial", "stdio", "-no-reboot"));
        command.addAll(List.of("-M", "virt", "-cpu", "cortex-a57", "-m", "256"));
        command.addAll(List.of("-bios", firmware.toString()));
        command.addAll(nic.arguments());
        return command;
    }

    public String name() {
        return name;
    }

    /** QEMU's process id on the host. */
    public long pid() {
        return machine.pid();
    }

    public boolean isAlive() {
        return machine.isAlive();
    }

    /**
     * Runs one line at U-Boot's prompt and waits for its end.
     *
     * @throws GuestException when it does not end in time; it is interrupted (Ctrl-C) then
     */
    public Result run(String command, Duration timeout) {
        Console console = machine.console();
        // The echo of this line holds "$?" where the answer holds a number.
        console.send(command + "; echo status=$?\n");
        try {
            console.expect("status=$?", timeout);
            String output = console.expect("\nstatus=", timeout);
            int status = Integer.parseInt(console.expect("\n", timeout).strip());
            console.expect("=> ", timeout);
            return new Result(output.strip(), status);
        } catch (GuestException e) {
            interrupt();
            throw new GuestException(name + ": '" + command + "': " + e.getMessage());
        }
    }

    private void interrupt() {
        try {
            machine.console().send("\u0003");
            machine.console().expect(PROMPT, RECOVERY);
        } catch (GuestException e) {
            // Then the next command's timeout will tell; this one's already has.
        }
    }

    /** Ends the guest, as a power cut would; returns when QEMU is gone. */
    @Override
    public void close() {
        machine.close();
    }
}
