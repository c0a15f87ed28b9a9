package org.lanyard.guest;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A Linux guest with busybox, iproute2 ({@code ip}, {@code bridge}), {@code ethtool} and {@code
 * iperf3}, driven through a shell on its serial console. Its network cards are {@code eth0}, {@code
 * eth1}… in the order given; all are down at boot.
 *
 * <p>Thread contract: one thread at a time runs commands; {@link #close} may come from any.
 */
public final class LinuxGuest implements AutoCloseable {
    /** The longest command, in bytes of UTF-8: a terminal takes no line above 4,095. */
    public static final int MAX_COMMAND = 3_500;

    private static final Duration RECOVERY = Duration.ofSeconds(5);

    /** What to boot; every setter returns this builder. */
    public static final class Builder {
        private final String name;
        private final List<Nic> nics = new ArrayList<>();
        private final List<String> more = new ArrayList<>();
        private GuestImage image;
        private Qemu qemu;
        private Accelerator accelerator;
        private int memory = 256;
        private Duration bootTimeout = Duration.ofSeconds(90);

        private Builder(String name) {
            this.name = name;
        }

        /** Default: {@link GuestImage#find}. */
        public Builder image(GuestImage value) {
            image = value;
            return this;
        }

        /** Default: {@link Qemu#forHost}. */
        public Builder qemu(Qemu value) {
            qemu = value;
            return this;
        }

        /** Default: {@link Accelerator#of}. */
        public Builder accelerator(Accelerator value) {
            accelerator = value;
            return this;
        }

        /** In MiB; default 256. */
        public Builder memory(int mebibytes) {
            memory = mebibytes;
            return this;
        }

        /** Adds a card; the first is {@code eth0}. */
        public Builder nic(Nic nic) {
            nics.add(nic);
            return this;
        }

        /** More of QEMU's arguments, each word by itself. */
        public Builder arguments(String... words) {
            more.addAll(List.of(words));
            return this;
        }

        /** Default: 90 seconds; under TCG on an idle machine it takes 3. */
        public Builder bootTimeout(Duration value) {
            bootTimeout = value;
            return this;
        }

        /**
         * Boots it; returns when its shell answers.
         *
         * @throws GuestException when QEMU does not start or the shell does not answer in time
         */
        public LinuxGuest boot() {
            QemuProcess machine = new QemuProcess(name, command());
            LinuxGuest guest = new LinuxGuest(name, machine);
            try {
                machine.console().expect("lanyard guest ready\n", bootTimeout);
                guest.outputOf("true", bootTimeout);
                return guest;
            } catch (GuestException e) {
                machine.close();
                throw new GuestException(name + " did not boot: " + e.getMessage());
            }
        }

        List<String> command() {
            Architecture architecture = Architecture.host();
            GuestImage files = image == null ? GuestImage.find() : image;
            Qemu program = qemu == null ? Qemu.forHost() : qemu;
            Accelerator runner = accelerator == null ? Accelerator.of(program, files) : accelerator;
            List<String> command = new ArrayList<>();
            command.add(program.path().toString());
            command.addAll(List.of("-name", name, "-nodefaults", "-no-user-config"));
            command.addAll(List.of("-display", "none", "-serial", "stdio", "-no-reboot"));
            command.addAll(List.of("-accel", runner.argument(), "-M", architecture.machine));
            String cpu = runner == Accelerator.KVM ? "host" : architecture.emulatedCpu;
            command.addAll(List.of("-cpu", cpu, "-m", Integer.toString(memory)));
            command.addAll(List.of("-kernel", files.kernel().toString()));
            command.addAll(List.of("-initrd", files.initrd().toString()));
            // A kernel message amid a command's output would be taken for output.
            String kernel = "console=" + architecture.console + " quiet loglevel=1 panic=-1";
            command.addAll(List.of("-append", kernel));
            nics.forEach(nic -> command.addAll(nic.arguments()));
            command.addAll(more);
            return command;
        }
    }

    private final String name;
    private final QemuProcess machine;
    private int commands;

    private LinuxGuest(String name, QemuProcess machine) {
        this.name = name;
        this.machine = machine;
    }

    /**
     * @param name for error messages, threads and QEMU's own window title
     */
    public static Builder named(String name) {
        return new Builder(name);
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
     * Runs a shell command in the guest and waits for its end. It has a subshell of its own, so
     * what it changes there is gone afterwards, and no standard input.
     *
     * @throws IllegalArgumentException when it is longer than {@link #MAX_COMMAND}
     * @throws GuestException when it does not end in time; it is interrupted (SIGINT) then, and the
     *     guest remains usable if that ended it
     */
    public Result run(String command, Duration timeout) {
        if (command.getBytes(StandardCharsets.UTF_8).length > MAX_COMMAND) {
            throw new IllegalArgumentException("command longer than " + MAX_COMMAND + " bytes");
        }
        Console console = machine.console();
        int number = ++commands;
        // Each marker is put together in the guest: an echo of this line does not look like one.
        // Inside eval, a syntax error ends the subshell and not the line.
        console.send(
                "printf '\\n<%s %d>\\n' begin "
                        + number
                        + "; (eval "
                        + quoted(command)
                        + ") </dev/null 2>&1; printf '\\n<%s %d> %d\\n' end "
                        + number
                        + " $?\n");
        try {
            console.expect("\n<begin " + number + ">\n", timeout);
            String output = console.expect("\n<end " + number + "> ", timeout);
            int status = Integer.parseInt(console.expect("\n", timeout));
            return new Result(output.strip(), status);
        } catch (GuestException e) {
            interrupt();
            throw new GuestException(name + ": '" + command + "': " + e.getMessage());
        }
    }

    /**
     * Runs a command that must succeed.
     *
     * @return its output
     * @throws GuestException as {@link #run}, and with the output when its status is not 0
     */
    public String outputOf(String command, Duration timeout) {
        Result result = run(command, timeout);
        if (!result.succeeded()) {
            throw new GuestException(
                    name
                            + ": '"
                            + command
                            + "' ended with status "
                            + result.status()
                            + ":\n"
                            + result.output());
        }
        return result.output();
    }

    /** Ends whatever runs, and waits for the shell. */
    private void interrupt() {
        int number = ++commands;
        try {
            machine.console().send("\u0003");
            machine.console().send("\nprintf '\\n<%s %d>\\n' again " + number + "\n");
            machine.console().expect("\n<again " + number + ">\n", RECOVERY);
        } catch (GuestException e) {
            // Then the next command's timeout will tell; this one's already has.
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Ends the guest, as a power cut would; returns when QEMU is gone. */
    @Override
    public void close() {
        machine.close();
    }
}
