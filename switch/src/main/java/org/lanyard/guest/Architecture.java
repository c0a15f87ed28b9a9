package org.lanyard.guest;

/** The processors that Linux guests are made for; a guest has its host's. */
enum Architecture {
    AMD64("amd64", "x86_64", "q35", "qemu64", "ttyS0"),
    ARM64("arm64", "aarch64", "virt", "max", "ttyAMA0");

    /** Debian's name. */
    final String debian;

    /** QEMU's name, as in {@code qemu-system-<name>}. */
    final String qemu;

    final String machine;
    final String emulatedCpu;
    final String console;

    Architecture(String debian, String qemu, String machine, String emulatedCpu, String console) {
        this.debian = debian;
        this.qemu = qemu;
        this.machine = machine;
        this.emulatedCpu = emulatedCpu;
        this.console = console;
    }

    /**
     * @throws GuestException on another processor
     */
    static Architecture host() {
        String name = System.getProperty("os.arch");
        return switch (name) {
            case "amd64", "x86_64" -> AMD64;
            case "aarch64", "arm64" -> ARM64;
            default -> throw new GuestException("no Linux guest for a host of type " + name);
        };
    }
}
