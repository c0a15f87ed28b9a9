package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.tapio.NetNamespace;

/**
 * Programs of an ordinary Linux behind a user port: they run in a network namespace that a second
 * switch joins, by its TAP, to the first one's LAN.
 */
@Timeout(300)
class UserClientsIT {
    private static final int FILE_SIZE = 3 << 20;
    private static final String GUESTS = "[ports.guests]\nstream = { listen = 'unix:g.sock' }\n";

    @TempDir private Path temp;
    private Outside outside;
    private Nobody nobody;
    private NetNamespace guest;
    private Program lanyard;
    private Program cable;

    @BeforeEach
    void enter() throws Exception {
        outside = Outside.create();
        guest = NetNamespace.create();
        nobody = Nobody.in(temp);
        cable = Program.in(temp.resolve("cable")).behind("ip", "netns", "exec", guest.name());
    }

    @AfterEach
    void leave() throws IOException {
        if (nobody != null) {
            cable.cleanUp();
            lanyard.cleanUp();
            nobody.close();
        }
        if (guest != null) {
            guest.close();
        }
        if (outside != null) {
            outside.close();
        }
    }

    /** Starts both switches, the first as that user would. */
    private void start(Program first, String user) throws Exception {
        lanyard = first;
        String file = nobody.file("lab.toml", GUESTS + "[ports.out]\nuser = { " + user + " }\n");
        assertEquals("", lanyard.succeed("start", "--config", file).err());
        Path joined = temp.resolve("cable.toml");
        Files.writeString(
                joined,
                "[ports.lan]\nstream = { connect = 'unix:"
                        + lanyard.path("g.sock")
                        + "' }\n[ports.host]\ntap = { name = 'eth0', address = ['10.0.2.50/24'] }\n");
        cable.succeed("start", "--config", joined.toString());
    }

    private Program unprivileged() {
        return nobody.programBehind("lan0", outside.host());
    }

    private static byte[] content(int seed) {
        byte[] content = new byte[FILE_SIZE];
        new Random(seed).nextBytes(content);
        return content;
    }

    /** A directory with a file, of that user's. */
    private Path shared(int uid) throws IOException {
        Path home = temp.resolve("home");
        Path directory = Files.createDirectory((uid == Nobody.UID ? home : temp).resolve("share"));
        Path file = Files.write(directory.resolve("f"), content(1));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setAttribute(file, "unix:uid", uid);
        Files.setAttribute(directory, "unix:uid", uid);
        return directory;
    }

    private ProcessBuilder smbclient(String commands) {
        return guest.process("smbclient", "//10.0.2.4/qemu", "-N", "-c", commands)
                .redirectErrorStream(true);
    }

    private String smb(String commands) throws Exception {
        Program.Ended ended = Program.end(smbclient(commands).start());
        assertEquals(0, ended.exitCode(), ended.out());
        return ended.out();
    }

    private void transferBothWays(Path directory) throws Exception {
        Path local = Files.createDirectories(temp.resolve("local"));
        Path own = Files.write(local.resolve("own"), content(2));
        String line = "get f %1$s/f%2$d; put " + own + " g%2$d";
        List<Process> clients = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            clients.add(smbclient(String.format(line, local, i)).start());
        }
        for (int i = 1; i <= 2; i++) {
            Program.Ended ended = Program.end(clients.get(i - 1));
            assertEquals(0, ended.exitCode(), ended.out());
            assertArrayEquals(content(1), Files.readAllBytes(local.resolve("f" + i)));
            assertArrayEquals(content(2), Files.readAllBytes(directory.resolve("g" + i)));
        }
    }

    private void assertNothingIsLeft() throws Exception {
        Eventually.see("no smbd", () -> outside.running("smbd"), List::isEmpty);
        assertFalse(Files.exists(lanyard.path(".user1-smb")));
    }

    /** The kernel asks who may, each time, in the host's namespace. */
    private void pingTheWorld() throws IOException {
        guest.exec("ip", "route", "add", "default", "via", "10.0.2.2");
        for (String who : List.of("1 0", "0 2147483647")) {
            String file = "/proc/sys/net/ipv4/ping_group_range";
            outside.inHost("sh", "-c", "echo " + who + " > " + file);
            String said = guest.exec("sh", "-c", "ping -c 2 -i 0.2 -W 5 " + Outside.PEER + " || :");
            assertEquals(who.startsWith("0"), said.contains(" 2 received"), said);
        }
    }

    @Test
    void shouldShareADirectoryAndPingForAnUnprivilegedUser() throws Exception {
        Path directory = shared(Nobody.UID);
        start(unprivileged(), "smb = '" + directory + "'");
        pingTheWorld();
        transferBothWays(directory);
        smb("mkdir d; cd d; put /etc/hostname h; rename h i; del i; cd ..; rmdir d");
        assertTrue(lanyard.succeed("port", "show", "out").out().contains("\\\\10.0.2.4\\qemu"));

        Process connected = guest.process("smbclient", "//10.0.2.4/qemu", "-N").start();
        Eventually.see("an smbd", () -> outside.running("smbd"), found -> !found.isEmpty());
        lanyard.kill();
        Eventually.see("no smbd", () -> outside.running("smbd"), List::isEmpty);
        connected.destroyForcibly();
        assertTrue(Files.exists(lanyard.path(".user1-smb")), "it was killed");
        lanyard.succeed("start", "--config", temp.resolve("home/lab.toml").toString());
        Eventually.see(
                "both joined",
                () -> cable.succeed("port", "show", "lan").out(),
                said -> said.contains("state     up"));
        smb("ls");
        lanyard.succeed("stop");
        assertNothingIsLeft();
    }

    private void assertRefusedToRootWithout(String capability, Path directory, String why)
            throws Exception {
        String file =
                nobody.file("bare.toml", "[ports.out]\nuser = { smb = '" + directory + "' }\n");
        Program bare =
                Program.in(temp.resolve("bare"))
                        .behind("setpriv", "--bounding-set", "-" + capability);
        Program.Ended refused = bare.run("start", "--config", file);
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains(why), refused::err);
    }

    @Test
    void shouldShareADirectoryAsItsOwnerWhereTheSwitchIsRoots() throws Exception {
        int daemon = 1;
        Path directory = shared(daemon);
        Files.setAttribute(directory, "unix:gid", daemon + 1);
        start(
                Program.in(temp.resolve("root")).behind(outside.host()),
                "smb = '" + directory + "', smb-server = '10.0.2.4', restrict = true");
        transferBothWays(directory);
        assertEquals(daemon, Files.getAttribute(directory.resolve("g1"), "unix:uid"));
        assertEquals(daemon, Files.getAttribute(directory.resolve("g1"), "unix:gid"), "its own");

        String many = "for i in $(seq 40); do exec {fd}<> /dev/tcp/10.0.2.4/445; done; sleep 1000";
        Process crowd = guest.process("bash", "-c", many).start();
        try {
            Eventually.see(
                    "that there are enough",
                    () -> Files.readString(lanyard.path("lanyard.log")),
                    log -> log.contains("refused: there are 16 already"));
            assertTrue(outside.running("smbd").size() <= 16);
            assertTrue(guest.exec("ping", "-c", "1", "10.0.2.2").contains(" 0% packet loss"));
        } finally {
            crowd.destroyForcibly();
        }
        Eventually.see("no smbd", () -> outside.running("smbd"), List::isEmpty);
        smb("get f " + temp.resolve("again"));
        lanyard.succeed("stop");
        assertNothingIsLeft();
        assertRefusedToRootWithout(
                "chown", directory, "smbd does not run as root, and root can't make daemon the");
        assertRefusedToRootWithout(
                "setuid", directory, "smb: nothing can be run as daemon: setpriv: ");
    }
}
