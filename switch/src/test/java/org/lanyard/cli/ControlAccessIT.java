package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.guest.Qemu;
import org.lanyard.tapio.LibC;

/** {@code [control]}: what members of groups may do, each a process of its own. */
@Timeout(300)
class ControlAccessIT {
    /** Debian's base-passwd has them. */
    private static final String OPERATORS = "operator";

    private static final String AUDITORS = "adm";

    @TempDir private Path temp;
    private Nobody nobody;
    private Program root;

    @BeforeEach
    void become() throws Exception {
        assumeTrue(LibC.geteuid() == 0, "needs root: it becomes other users");
        nobody = Nobody.in(temp);
        root = Program.in(temp.resolve("root"));
    }

    @AfterEach
    void cleanUp() throws IOException {
        if (nobody != null) {
            root.cleanUp();
            nobody.close();
        }
    }

    private String file(String control) throws IOException {
        return nobody.file(
                "lab.toml",
                control + "[ports.guests]\nstream = { listen = \"unix:guests.sock\" }\n");
    }

    private static void assertRefused(String why, Program.Ended ended) {
        assertEquals("lanyard: " + why + "\n", ended.err());
        assertEquals(1, ended.exitCode());
    }

    private static int mode(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:mode") & 07777;
    }

    private void assertKeptOut(Program other) throws Exception {
        assertRefused(
                "you may not talk to the switch in " + root.dir() + ": Permission denied",
                other.run("status"));
    }

    @Test
    void shouldLetAGroupChangeTheSwitch() throws Exception {
        root.succeed("start", "--config", file("[control]\ngroup = \"" + OPERATORS + "\"\n"));
        Program member = nobody.memberOf(OPERATORS, root.dir());
        member.succeed("status");
        member.succeed("port", "add", "cay", "stream={ listen='unix:cay.sock' }");
        assertTrue(root.succeed("port", "list").out().contains("cay"));
        assertKeptOut(nobody.programAt(root.dir()));
        assertKeptOut(nobody.memberOf(AUDITORS, root.dir()));
        assertEquals(0710, mode(root.dir()));
        assertEquals(0660, mode(root.path("control.sock")));
        assertEquals(0, mode(root.path("guests.sock")) & 0022, "connect(2) needs to write");
        assertRefused(
                "the runtime directory "
                        + root.dir()
                        + " belongs to uid 0, not to you: choose another with --runtime-dir",
                member.run("restart"));
        member.succeed("stop");
    }

    @Test
    void shouldLetReadersLookAndChangeNothing() throws Exception {
        root.succeed("start", "--config", file("[control]\nreaders = \"" + AUDITORS + "\"\n"));
        Program reader = nobody.memberOf(AUDITORS, root.dir());
        String config = root.succeed("config", "show").out();
        for (String look :
                new String[] {
                    "status",
                    "port list",
                    "port show guests",
                    "fdb list",
                    "vlan list",
                    "mirror list",
                    "config show"
                }) {
            reader.succeed(look.split(" "));
        }
        String mac = "52:54:00:00:00:01";
        for (String change :
                new String[] {
                    "port.set port set guests isolated=true",
                    "port.add port add cay stream={listen='unix:cay.sock'}",
                    "port.remove port remove guests",
                    "fdb.add fdb add " + mac + " guests",
                    "fdb.del fdb del " + mac,
                    "fdb.flush fdb flush",
                    "stop stop"
                }) {
            String[] words = change.split(" ", 2);
            assertRefused(
                    words[0] + ": uid 65534 may only look here; it is for root: ask one of them",
                    reader.run(words[1].split(" ")));
        }
        assertEquals(config, root.succeed("config", "show").out());
        assertKeptOut(nobody.programAt(root.dir()));
        Process listener = reader.spawn("events", "--count", "1");
        root.succeed("port", "set", "guests", "isolated=true");
        for (int i = 0; i < 100 && listener.isAlive(); i++) { // it may not have listened yet
            root.succeed("port", "set", "guests", "isolated=true");
        }
        assertTrue(Program.end(listener).out().contains("\"event\":\"settings\""));
    }

    @Test
    void shouldTellBothGroupsFromStrangers() throws Exception {
        String both =
                String.format("[control]\ngroup = \"%s\"\nreaders = \"%s\"\n", OPERATORS, AUDITORS);
        root.succeed("start", "--config", file(both));
        Program operator = nobody.memberOf(OPERATORS, root.dir());
        Program reader = nobody.memberOf(AUDITORS, root.dir());
        operator.succeed("port", "set", "guests", "isolated=true");
        reader.succeed("port", "show", "guests");
        String who = "root and members of " + OPERATORS;
        assertRefused(
                "stop: uid 65534 may only look here; it is for " + who + ": ask one of them",
                reader.run("stop"));
        String stranger =
                "the control socket is not for uid 65534; it is for "
                        + who
                        + "; to look, for members of "
                        + AUDITORS;
        assertRefused(stranger, nobody.programAt(root.dir()).run("port", "list"));
        assertEquals(0, mode(root.path("guests.sock")) & 0022, "connect(2) needs to write");

        Process listener = operator.spawn("events");
        for (int i = 0; i < 100 && listener.getInputStream().available() == 0; i++) {
            root.succeed("port", "set", "guests", "isolated=true");
        }
        root.succeed("config", "apply", file(""));
        assertEquals(0, Program.end(listener).exitCode(), "it is closed, as others are refused");
        assertKeptOut(operator);
        root.succeed("config", "apply", file("[control]\ngroup = \"" + AUDITORS + "\"\n"));
        reader.succeed("port", "set", "guests", "isolated=true");
        assertKeptOut(operator);
        Program.Ended none = root.run("config", "apply", file("[control]\ngroup = \"nix\"\n"));
        assertEquals(1, none.exitCode());
        assertTrue(none.err().contains("[control] group: this host has no group 'nix'"), none::err);
        reader.succeed("status");
    }

    @Test
    void shouldNotStartForAGroupThatIsNotThere() throws Exception {
        Program.Ended ended =
                root.run("start", "--config", file("[control]\nreaders = \"no-such-group\"\n"));
        assertRefused(
                "[control] readers: this host has no group 'no-such-group' (see: getent group);"
                        + " make one with groupadd, or name another",
                ended);
    }

    @Test
    void shouldLetAUserGiveTheSwitchOnlyToGroupsOfItsOwn() throws Exception {
        String file = file("[control]\ngroup = \"" + OPERATORS + "\"\n");
        Program alone = nobody.program("lan0");
        Program.Ended refused = alone.run("start", "--config", file);
        assertEquals(1, refused.exitCode());
        assertTrue(
                refused.err().contains("which [control] names: join that group, or let root run"),
                refused::err);
        Program member = nobody.memberOf(OPERATORS, alone.dir());
        try {
            member.succeed("start", "--config", file);
            assertEquals(0660, mode(alone.path("control.sock")));
            member.succeed("stop");
        } finally {
            member.cleanUp();
        }
    }

    /** A QEMU of that user's, in that group if in any. */
    private Process qemu(String group, String... more) throws IOException {
        List<String> words =
                new ArrayList<>(List.of("setpriv", "--reuid", "65534", "--regid", "65534"));
        words.add(group.isEmpty() ? "--clear-groups" : "--groups=" + group);
        words.add(Qemu.forHost().path().toString());
        words.addAll(List.of("-M", "none", "-nodefaults", "-display", "none"));
        words.addAll(List.of(more));
        return new ProcessBuilder(words).start();
    }

    private String guestsFile(String access) throws IOException {
        return nobody.file(
                "lab.toml",
                "[ports.guests]\nstream = { listen = 'unix:guests.sock'" + access + " }\n");
    }

    private void assertGuest(String expected) throws Exception {
        Eventually.see(
                "guests/1",
                () -> root.run("port", "show", "guests/1").out(),
                said -> said.contains(expected));
    }

    @Test
    void shouldLetAGroupAttachGuests() throws Exception {
        String group = ", group = '" + OPERATORS + "'";
        root.succeed("start", "--config", guestsFile(group));
        assertEquals(0710, mode(root.dir()));
        assertEquals(0660, mode(root.path("guests.sock")));
        Path socket = root.path("guests.sock");
        String netdev = "stream,id=n0,server=off,addr.type=unix,addr.path=" + socket;
        Process member = qemu(OPERATORS, "-netdev", netdev);
        try {
            assertGuest("uid 65534");
            // Unlike a netdev, a chardev says what the matter is.
            String chardev = "socket,id=c0,path=" + socket;
            Program.Ended stranger = Program.end(qemu("", "-chardev", chardev));
            assertEquals(1, stranger.exitCode());
            assertTrue(stranger.err().contains("Permission denied"), stranger.err());
            assertKeptOut(nobody.memberOf(OPERATORS, root.dir()));

            root.succeed("config", "apply", guestsFile(", mode = '0606'"));
            assertEquals(0606, mode(root.path("guests.sock")));
            assertEquals(0711, mode(root.dir()));
            root.succeed("config", "apply", guestsFile(""));
            assertEquals(0, mode(root.path("guests.sock")) & 0022, "connect(2) needs to write");
            assertEquals(0, Files.getAttribute(root.path("guests.sock"), "unix:gid"));
            assertEquals(0700, mode(root.dir()));
            assertGuest("state     up");
            Program.Ended none = root.run("config", "apply", guestsFile(", group = 'nix'"));
            assertTrue(none.err().contains("port guests: group: this host has no group 'nix'"));
        } finally {
            member.destroyForcibly();
        }
    }
}
