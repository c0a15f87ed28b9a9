package org.lanyard.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lanyard.gateway.HostFirewall;
import org.lanyard.guest.Qemu;
import org.lanyard.tapio.BridgeRules;
import org.lanyard.tapio.Enclosure;

/** A host with the faults that a test gives it; without any it is the best of hosts. */
final class StagedHost extends Host {
    final Map<String, String> files = new HashMap<>();
    final List<Qemu> qemus = new ArrayList<>();
    Access kvm = Access.OPEN;
    IOException tapDriver;
    LinkageError libraries;
    boolean libslirp = true;
    Enclosure.Kind enclosure = Enclosure.Kind.NAMESPACES;
    final Set<String> missing = new HashSet<>();
    final List<String> leftTables = new ArrayList<>();
    final List<String> dropping = new ArrayList<>();
    final List<HostFirewall.Obstacle> obstacles = new ArrayList<>();
    boolean setuid = true;
    Path rules = Path.of("/none");

    StagedHost() {
        files.put("/proc/cpuinfo", "flags\t\t: fpu vme vmx sse2\n");
        files.put("/proc/self/status", "Name:\tjava\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n");
        files.put("/proc/devices", "Character devices:\n  1 mem\n241 macvtap\n");
        files.put(
                "/proc/self/limits",
                "Limit                     Soft Limit           Hard Limit           Units\n"
                        + "Max open files            1048576              1048576              files\n");
        qemu("qemu-system-x86_64", "10.2.0");
    }

    void qemu(String name, String version) {
        Qemu.Version parsed = Qemu.Version.parse("version " + version);
        qemus.add(new Qemu(Path.of("/usr/bin", name), parsed));
    }

    @Override
    Map<String, String> environment() {
        return Map.of("USER", "alice");
    }

    @Override
    String property(String name) {
        return Map.of("os.arch", "amd64", "java.io.tmpdir", "/tmp", "java.version", "17.0.15")
                .getOrDefault(name, "x");
    }

    @Override
    String read(String path) {
        return files.getOrDefault(path, "");
    }

    @Override
    Access open(String device) {
        return kvm;
    }

    @Override
    int effectiveUid() {
        if (libraries != null) {
            throw libraries;
        }
        return 1000;
    }

    @Override
    boolean hasLibrary(String file) {
        if (libraries != null) {
            throw libraries;
        }
        return libslirp && file.equals("libslirp.so.0");
    }

    @Override
    void checkTapDriver() throws IOException {
        if (tapDriver != null) {
            throw tapDriver;
        }
    }

    @Override
    List<Qemu> qemus() {
        return qemus;
    }

    @Override
    Enclosure.Kind enclosure() {
        return enclosure;
    }

    @Override
    Optional<Path> program(String name) {
        return missing.contains(name) ? Optional.empty() : Optional.of(Path.of("/bin", name));
    }

    @Override
    List<String> leftTables() {
        return leftTables;
    }

    @Override
    List<String> droppingChains() {
        return dropping;
    }

    @Override
    List<HostFirewall.Obstacle> firewall(String tap) {
        return obstacles;
    }

    @Override
    Optional<Path> bridgeHelper() {
        return program("qemu-bridge-helper");
    }

    @Override
    boolean isSetuidRoot(Path program) {
        return setuid;
    }

    @Override
    BridgeRules bridgeRules() {
        return BridgeRules.read(rules);
    }
}
