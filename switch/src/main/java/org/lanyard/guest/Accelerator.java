package org.lanyard.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * What runs a guest's instructions: the processor, or QEMU's translator.
 *
 * <p>That {@code /dev/kvm} opens says little: inside some virtual machines it is there and QEMU
 * starts with it, but a kernel takes minutes to boot. So the answer comes from a boot.
 */
public enum Accelerator {
    KVM,
    TCG;

    // With KVM the kernel is up in under a second.
    private static final Duration PROBE = Duration.ofSeconds(6);
    private static final Pattern X86_VIRTUALIZATION = Pattern.compile("\\b(vmx|svm)\\b");
    private static final Map<Qemu, Accelerator> KNOWN = new ConcurrentHashMap<>();

    /**
     * The best that works here; the first call may boot a guest to find out, a second or so. {@code
     * LANYARD_ACCEL=tcg} (or {@code kvm}) decides without trying.
     */
    public static Accelerator of(Qemu qemu, GuestImage image) {
        String given = System.getenv().getOrDefault("LANYARD_ACCEL", "");
        if (!given.isEmpty()) {
            return valueOf(given.toUpperCase(Locale.ROOT));
        }
        return KNOWN.computeIfAbsent(qemu, any -> probe(qemu, image));
    }

    private static Accelerator probe(Qemu qemu, GuestImage image) {
        Path device = Path.of("/dev/kvm");
        if (!Files.isReadable(device) || !Files.isWritable(device) || !processorCan()) {
            return TCG;
        }
        try (LinuxGuest guest =
                LinuxGuest.named("kvm-probe")
                        .qemu(qemu)
                        .image(image)
                        .accelerator(KVM)
                        .bootTimeout(PROBE)
                        .boot()) {
            return guest.isAlive() ? KVM : TCG;
        } catch (GuestException e) {
            return TCG;
        }
    }

    /** An x86 processor that can says so; for others there is nothing to read. */
    private static boolean processorCan() {
        if (Architecture.host() != Architecture.AMD64) {
            return true;
        }
        try {
            return X86_VIRTUALIZATION.matcher(Files.readString(Path.of("/proc/cpuinfo"))).find();
        } catch (IOException e) {
            return false;
        }
    }

    /** QEMU's name of it. */
    String argument() {
        return name().toLowerCase(Locale.ROOT);
    }
}
