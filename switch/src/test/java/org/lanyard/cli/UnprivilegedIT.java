package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.FrameClient;
import org.lanyard.tapio.LibC;

/** Nothing but a TAP needs a privilege; and users keep out of each other's switches. */
@Timeout(300)
class UnprivilegedIT {
    @TempDir private Path temp;
    private Nobody nobody;
    private Program lanyard;

    @BeforeEach
    void become() throws Exception {
        assumeTrue(LibC.geteuid() == 0, "needs root: it becomes another user");
        nobody = Nobody.in(temp);
        lanyard = nobody.program("lan0");
    }

    @AfterEach
    void cleanUp() throws IOException {
        if (nobody != null) {
            lanyard.cleanUp();
            nobody.close();
        }
    }

    @Test
    void shouldDoEverythingWithoutAPrivilege() throws Exception {
        assertEquals(3, lanyard.run("status").exitCode());
        assertEquals("", lanyard.succeed("start").err());
        assertEquals(Nobody.UID, Files.getAttribute(lanyard.path("guests.sock"), "unix:uid"));
        JsonNode status = new ObjectMapper().readTree(lanyard.succeed("status", "--json").out());
        assertEquals(lanyard.process().pid(), status.path("pid").asLong());
        try (FrameClient first = FrameClient.at(lanyard.path("guests.sock"));
                FrameClient second = FrameClient.at(lanyard.path("guests.sock"))) {
            FrameClient.meet(first, second);
            byte[] hello = FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello");
            first.send(hello);
            assertArrayEquals(hello, second.receive());
        }
        assertTrue(lanyard.succeed("port", "list").out().contains("guests  stream  listening"));
        lanyard.succeed("restart");
        lanyard.succeed("stop");
        assertFalse(Files.exists(lanyard.path("guests.sock")));
        assertFalse(Files.exists(lanyard.path("control.sock")));
    }

    @Test
    void shouldLetRootLookAfterAnotherUsersSwitch() throws Exception {
        lanyard.succeed("start");
        Program root = Program.in(lanyard.dir());
        root.succeed("status");
        root.succeed("stop");
        assertEquals(3, lanyard.run("status").exitCode());
    }

    @Test
    void shouldNotLetRootStartASwitchInAnotherUsersDirectory() throws Exception {
        lanyard.succeed("start");
        lanyard.succeed("stop");
        Program.Ended refused = Program.in(lanyard.dir()).run("start");
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains(" belongs to uid 65534, not to you"), refused::err);
    }

    @Test
    void shouldKeepOthersOutOfTheRuntimeDirectory() throws Exception {
        Program root = Program.in(temp.resolve("root"));
        try {
            root.succeed("start");
            Program.Ended refused = nobody.programAt(root.dir()).run("status");
            assertEquals(1, refused.exitCode());
            assertEquals(
                    "lanyard: you may not talk to the switch in "
                            + root.dir()
                            + ": Permission denied\n",
                    refused.err());
            assertEquals(1, nobody.programAt(root.dir()).run("start").exitCode());
        } finally {
            root.run("stop");
            root.cleanUp();
        }
    }

    @Test
    void shouldAskForTheUidEvenWhereTheDirectoryIsOpen() throws Exception {
        Program root = Program.in(temp.resolve("root"));
        try {
            root.succeed("start");
            Files.setPosixFilePermissions(root.dir(), PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(
                    root.path("control.sock"), PosixFilePermissions.fromString("rwxrwxrwx"));
            Program.Ended refused = nobody.programAt(root.dir()).run("stop");
            assertEquals(1, refused.exitCode(), refused::err);
            assertEquals(
                    "lanyard: the control socket is not for uid 65534; it is for root\n",
                    refused.err());
            root.succeed("status");
            String log = Files.readString(root.path("lanyard.log"));
            assertTrue(
                    log.contains(
                            "control client refused: the control socket is not for uid 65534; it"
                                    + " is for root"),
                    log);
        } finally {
            root.run("stop");
            root.cleanUp();
        }
    }

    @Test
    void shouldTellSomebodyWithoutAPrivilegeWhatIsMissing() throws Exception {
        Program.Ended told = lanyard.succeed("doctor", "--json");
        String tap = "";
        for (JsonNode finding : new ObjectMapper().readTree(told.out())) {
            assertFalse(finding.path("verdict").asText().equals("bad"), finding::toString);
            if (finding.path("subject").asText().equals("TAP")) {
                tap = finding.path("verdict").asText() + ": " + finding.path("mend").asText();
            }
        }
        assertTrue(tap.matches("note: (let your user open it|let root make it|load).*"), tap);
        assertEquals("", told.err());
    }
}
