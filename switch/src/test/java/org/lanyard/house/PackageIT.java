package org.lanyard.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;
import org.lanyard.tapio.LibC;

/** The package that the build leaves, on a Debian that never saw another. */
@Timeout(1800)
class PackageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** All that lasts, but dpkg's own records, and copies that the tools for users make. */
    private static final String FILES =
            "find / -xdev \\( -path /proc -o -path /tmp -o -path /var/lib/dpkg -o -path /var/log"
                    + " \\) -prune -o ! -path '/etc/*-' ! -name .pwd.lock"
                    + " ! -path /var/cache/ldconfig/aux-cache"
                    + " -printf '%y %m %u %g %p %l\\n' || exit;"
                    + " ls -A /run; cat /etc/passwd /etc/group /etc/shadow";

    @TempDir private Path temp;
    private CleanRoot root;

    @BeforeEach
    void make() throws Exception {
        assumeTrue(LibC.geteuid() == 0, "needs root: it installs a package in a root of its own");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        root = CleanRoot.at(temp);
    }

    @AfterEach
    void end() {
        if (root != null) {
            root.close();
        }
    }

    private static Path built() throws Exception {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            List<Path> debs = files.filter(file -> file.toString().endsWith("_all.deb")).toList();
            assertEquals(1, debs.size(), () -> "packages: " + debs);
            return debs.get(0);
        }
    }

    private Set<String> files() throws Exception {
        Set<String> files = new TreeSet<>();
        root.succeed("root", "sh", "-c", FILES).lines().forEach(files::add);
        assertTrue(files.size() > 5_000, files.size() + " files");
        return files;
    }

    private static Set<String> without(Set<String> some, Set<String> others) {
        Set<String> rest = new TreeSet<>(some);
        rest.removeAll(others);
        return rest;
    }

    private void install() throws Exception {
        Files.copy(built(), root.outside("/tmp/lanyard.deb"));
        String said = root.succeed("root", "dpkg", "--install", "/tmp/lanyard.deb");
        assertFalse(said.toLowerCase().matches("(?s).*(warning|error|failed).*"), said);
    }

    private LinuxGuest boot(int number, String socket) {
        String netdev = "stream,id=n0,server=off,addr.type=unix,addr.path=" + socket;
        LinuxGuest guest =
                LinuxGuest.named("guest" + number)
                        .nic(Nic.virtio(netdev, "52:54:00:00:0b:0" + number))
                        .boot();
        guest.outputOf(
                "ip link set eth0 up; ip address add 10.9.0." + number + "/24 dev eth0", PATIENCE);
        return guest;
    }

    @Test
    void shouldServeAnUnprivilegedUsersGuestsAndLeaveNothingWhenItIsPurged() throws Exception {
        Set<String> before = files();
        install();

        String started = root.succeed("ann", "lanyard", "start");
        String dir = "/tmp/lanyard-1000/lan0";
        assertTrue(started.contains("addr.path=" + dir + "/guests.sock"), started);
        assertTrue(
                root.succeed("ann", "lanyard", "attach", "guests").startsWith("-netdev stream,"));
        String socket = root.outside(dir + "/guests.sock").toString();
        try (LinuxGuest first = boot(1, socket);
                LinuxGuest second = boot(2, socket)) {
            String pinged = first.outputOf("ping -c 3 10.9.0.2", PATIENCE);
            assertTrue(pinged.contains(" 0% packet loss"), pinged);
            String ports = root.succeed("ann", "lanyard", "port", "list");
            assertTrue(ports.contains("guests/1") && ports.contains("guests/2"), ports);
            assertTrue(second.outputOf("true", PATIENCE).isEmpty());
        }
        assertEquals("switch stopped\n", root.succeed("ann", "lanyard", "stop"));

        root.succeed("root", "lanyard", "start");
        // Others may pass, for a switch may let a group in; they need not see who is there.
        assertEquals("711\n", root.succeed("root", "stat", "-c", "%a", "/run/lanyard"));
        root.succeed("root", "lanyard", "stop");

        root.succeed("root", "dpkg", "--purge", "lanyard");
        Set<String> after = files();
        assertEquals(Set.of(), without(after, before), "left behind");
        assertEquals(Set.of(), without(before, after), "taken away");
    }

    @Test
    void shouldBringWhatPackagesBring() throws Exception {
        install();
        String version = root.succeed("ann", "lanyard", "--version");
        assertTrue(version.matches("lanyard [0-9.]+\\S*\n"), version);
        String user = root.succeed("root", "getent", "passwd", "lanyard");
        assertTrue(user.startsWith("lanyard:") && user.contains("/nologin"), user);
        root.succeed("root", "test", "-r", "/usr/lib/systemd/system/lanyard@.service");
        root.succeed("root", "test", "-r", "/usr/share/man/man1/lanyard-port-set.1.gz");
        root.succeed("root", "bash", "-n", "/usr/share/bash-completion/completions/lanyard");
        assertPapers();
        String examples =
                "for f in /usr/share/doc/lanyard/examples/*.toml; do"
                        + " lanyard config check $f || exit; done";
        root.succeed("ann", "sh", "-c", examples);

        String log = "-Xlog:class+load:file=/tmp/loaded.log";
        root.succeed("ann", "env", "LANYARD_JAVA_OPTS=" + log, "lanyard", "mac");
        String loaded = root.succeed("ann", "grep", " org.lanyard.cli.Lanyard ", "/tmp/loaded.log");
        assertTrue(loaded.contains("shared objects file"), loaded);

        root.succeed("root", "rm", "/var/cache/lanyard/lanyard.jsa");
        assertTrue(root.succeed("ann", "lanyard", "--version").matches("lanyard \\S+\n"));
        root.succeed("root", "dpkg-trigger", "--by-package=dpkg", "/usr/lib/jvm");
        root.succeed("root", "dpkg", "--configure", "--pending");
        root.succeed("root", "test", "-s", "/var/cache/lanyard/lanyard.jsa");
    }

    private void assertPapers() throws Exception {
        String doc = "/usr/share/doc/lanyard/";
        String licence = root.succeed("ann", "cat", doc + "LICENSE");
        assertEquals(Files.readString(Path.of("..", "LICENSE")), licence);
        assertTrue(root.succeed("ann", "cat", doc + "copyright").contains("License: Apache-2.0"));
        assertTrue(root.succeed("ann", "cat", doc + "SECURITY.md").startsWith("# Security"));
        String who = root.succeed("root", "dpkg-query", "-f", "${Maintainer}", "-W", "lanyard");
        assertEquals("The Lanyard developers <developers@lanyard.invalid>", who);
        String bill = root.succeed("ann", "cat", doc + "lanyard.cdx.json");
        JsonNode named = new ObjectMapper().readTree(bill).path("components");
        Set<String> jars = new TreeSet<>();
        for (JsonNode component : named) {
            String classifier = component.path("purl").asText().contains("native") ? "-native" : "";
            jars.add(
                    component.path("name").asText()
                            + "-"
                            + component.path("version").asText()
                            + classifier
                            + ".jar");
        }
        Set<String> there = new TreeSet<>();
        root.succeed("ann", "ls", "/usr/share/lanyard/lib")
                .lines()
                .filter(file -> file.endsWith(".jar") && !file.equals("lanyard.jar"))
                .forEach(there::add);
        assertEquals(there, jars, "the bill of materials names each library, and no other");
    }
}
