package org.lanyard.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lanyard.guest.Qemu;
import org.lanyard.tapio.Capabilities;

/** Looks at a host for what a switch and its guests need. */
public final class Doctor {
    /** sun_path of sockaddr_un, less its closing NUL (unix(7)). */
    private static final int LONGEST_SOCKET_PATH = 107;

    private static final String LONGEST_SOCKET_NAME = "control.sock";

    /** Each guest takes one; what the JVM, its libraries and the switch itself need is less. */
    private static final int FEWEST_FILES = 1024;

    private static final Pattern OPEN_FILES =
            Pattern.compile("(?m)^Max open files\\s+\\S+\\s+(\\d{1,18})\\s");
    private static final Pattern VIRTUALIZATION = Pattern.compile("\\b(vmx|svm)\\b");

    private final Host host;
    private final Path runtimeDir;

    /**
     * @param runtimeDir of the switch that is to run here
     */
    public Doctor(Host host, Path runtimeDir) {
        this.host = host;
        this.runtimeDir = runtimeDir;
    }

    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(libraries());
        findings.add(runtimeDir());
        findings.add(openFiles());
        findings.addAll(qemu());
        findings.add(kvm());
        findings.add(tap());
        findings.addAll(new WaysOut(host).examine());
        return findings;
    }

    private Finding java() {
        String found = host.property("java.version") + ", " + host.property("java.vendor");
        return Finding.good("Java", found + ", " + host.property("java.home"));
    }

    private Finding libraries() {
        try {
            host.effectiveUid();
            return Finding.good("libraries", "load from " + host.property("java.io.tmpdir"));
        } catch (LinkageError e) {
            String tmp = host.property("java.io.tmpdir");
            return Finding.bad(
                    "libraries",
                    "JNA's can't be loaded from " + tmp + ": " + String.valueOf(e.getMessage()),
                    "if "
                            + tmp
                            + " is mounted noexec, name another:"
                            + " export LANYARD_JAVA_OPTS=-Djava.io.tmpdir=DIR");
        }
    }

    /** Where it will be, for it need not be there yet. */
    private Finding runtimeDir() {
        String subject = "runtime";
        int length = runtimeDir.resolve(LONGEST_SOCKET_NAME).toString().length();
        if (length > LONGEST_SOCKET_PATH) {
            return Finding.bad(
                    subject,
                    runtimeDir
                            + " makes sockets' paths of "
                            + length
                            + " characters; the kernel takes "
                            + LONGEST_SOCKET_PATH,
                    "choose a shorter one with --runtime-dir");
        }
        Path there = runtimeDir;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there == null || !Files.isDirectory(there) || !Files.isWritable(there)) {
            return Finding.bad(
                    subject,
                    "you may not write to " + there + ", where " + runtimeDir + " would be",
                    "choose another with --runtime-dir");
        }
        return Finding.good(subject, runtimeDir.toString());
    }

    private Finding openFiles() {
        Matcher limit = OPEN_FILES.matcher(host.read("/proc/self/limits"));
        if (!limit.find()) {
            return Finding.good("open files", "unlimited");
        }
        long most = Long.parseLong(limit.group(1));
        if (most < FEWEST_FILES) {
            return Finding.note(
                    "open files",
                    "at most " + most + ": each guest takes one",
                    "raise the hard limit: ulimit -Hn 4096 (as root), or LimitNOFILE= of a unit");
        }
        return Finding.good("open files", "at most " + most + ", and each guest takes one");
    }

    /**
     * What a running switch may have open, beside the guests that it may have.
     *
     * @param most descriptors that its process may have
     * @param kept of them, for the switch itself
     */
    public static Finding running(long pid, long most, long kept, long maxPorts) {
        String found =
                "pid "
                        + pid
                        + ", of whose "
                        + most
                        + " open files guests may have "
                        + (most - kept);
        if (most - kept >= maxPorts) {
            return Finding.good("switch", found + "; max-ports is " + maxPorts);
        }
        return Finding.note(
                "switch",
                found + ", fewer than max-ports (" + maxPorts + ")",
                "raise the limit and start it again: ulimit -Hn "
                        + (maxPorts + kept)
                        + " (as root), or LimitNOFILE= of a unit; or set max-ports lower");
    }

    /** One finding a version, and one for what it lacks. */
    private List<Finding> qemu() {
        Map<Qemu.Version, List<Qemu>> byVersion =
                host.qemus().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Qemu::version, LinkedHashMap::new, Collectors.toList()));
        if (byVersion.isEmpty()) {
            return List.of(
                    Finding.note(
                            "QEMU",
                            "none on PATH",
                            "on Debian and Ubuntu: apt install qemu-system-x86 (or qemu-system-arm)"));
        }
        List<Finding> findings = new ArrayList<>();
        byVersion.forEach(
                (version, programs) -> {
                    String names =
                            programs.stream()
                                    .map(qemu -> qemu.path().getFileName().toString())
                                    .collect(Collectors.toCollection(TreeSet::new))
                                    .stream()
                                    .collect(Collectors.joining(", "));
                    findings.add(qemu(version, names));
                });
        return findings;
    }

    private static Finding qemu(Qemu.Version version, String names) {
        String found = version + " (" + names + "): ";
        if (!version.isAtLeast(7, 2)) {
            return Finding.note(
                    "QEMU",
                    found + "has no -netdev stream",
                    "let the port listen at tcp:127.0.0.1:PORT and attach with -netdev socket (see:"
                            + " lanyard attach), or install 7.2 or newer");
        }
        if (!version.isAtLeast(8, 0)) {
            return Finding.note(
                    "QEMU",
                    found + "-netdev stream, without reconnect",
                    "after a restart of the switch its guests must be restarted too; 8.0 and newer"
                            + " come back by themselves");
        }
        String option = version.isAtLeast(9, 2) ? "reconnect-ms=" : "reconnect=";
        return Finding.good("QEMU", found + "-netdev stream, with " + option);
    }

    private Finding kvm() {
        String emulated = "; guests run emulated (-accel tcg), which is slow";
        boolean isX86 = host.property("os.arch").matches("amd64|x86_64");
        boolean can = !isX86 || VIRTUALIZATION.matcher(host.read("/proc/cpuinfo")).find();
        return switch (host.open("/dev/kvm")) {
            case OPEN ->
                    can
                            ? Finding.good("KVM", "/dev/kvm opens")
                            : Finding.note(
                                    "KVM",
                                    "/dev/kvm opens, but this processor shows no VMX or SVM"
                                            + emulated,
                                    "in a virtual machine: let its host pass them on"
                                            + " (-cpu host, nested=1)");
            case DENIED ->
                    Finding.note(
                            "KVM",
                            "you may not open /dev/kvm" + emulated,
                            "sudo usermod -aG kvm $USER, then log in again");
            case ABSENT ->
                    Finding.note(
                            "KVM",
                            "there is no /dev/kvm" + emulated,
                            can
                                    ? "load the module: sudo modprobe kvm_intel (or kvm_amd)"
                                    : "switch virtualization on in the firmware, or in the host of"
                                            + " this virtual machine");
        };
    }

    private Finding tap() {
        try {
            host.checkTapDriver();
        } catch (IOException e) {
            String[] said = e.getMessage().split("; ", 2);
            return Finding.note("TAP", said[0], said.length > 1 ? said[1] : "");
        } catch (LinkageError e) {
            return Finding.note("TAP", "not looked at, for want of the libraries", "");
        }
        if (Capabilities.netAdmin(host.read("/proc/self/status"))) {
            return Finding.good("TAP", "/dev/net/tun opens, and you may make interfaces");
        }
        String user = host.environment().getOrDefault("USER", "$USER");
        return Finding.note(
                "TAP",
                "/dev/net/tun opens, but making an interface needs CAP_NET_ADMIN",
                "let root make it once: sudo ip tuntap add dev lan0 mode tap user " + user);
    }
}
