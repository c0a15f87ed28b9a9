package org.lanyard.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.slirp.SmbShare;
import org.lanyard.tapio.Account;
import org.lanyard.tapio.LibC;

class SmbUserTest {
    private static final int UNNAMED = 1_234_567_890;
    private static final Path SHARED = Path.of("/srv/lab");

    @TempDir private Path dir;

    private static SmbUser forRoot(int owner, Account... accounts) throws IOException {
        return SmbUser.forRoot(
                SHARED,
                owner,
                uid -> Optional.of(accounts).filter(all -> all[0].uid() == uid).map(all -> all[0]));
    }

    private static SmbUser another(String name, int uid, int gid) {
        return new SmbUser(new Account(name, uid, gid), true);
    }

    @Test
    void shouldBeTheOwnerWithHisOwnGroupWhereTheSwitchIsRoots() throws Exception {
        assertEquals(another("ann", 1_000, 100), forRoot(1_000, new Account("ann", 1_000, 100)));
    }

    @Test
    void shouldHaveNothingOfRoots() throws Exception {
        assertEquals(
                another("nobody", 65_534, 65_534), forRoot(0, new Account("nobody", 65_534, 100)));
        assertEquals(another("sync", 4, 65_534), forRoot(4, new Account("sync", 4, 0)));
    }

    @Test
    void shouldRefuseAUserWithoutAName() {
        assertEquals(
                "smb: /srv/lab is shared as user id 1000, which has no name on this host, and smbd"
                        + " serves nobody without one; chown it to a user that getent passwd knows",
                assertThrows(IOException.class, () -> forRoot(1_000, new Account("bob", 7, 7)))
                        .getMessage());
    }

    @Test
    void shouldKnowWhereRootIsTheOnlyUserAndNotTheHosts() {
        assertTrue(UserNamespace.hasOnlyRoot("         0       1000          1\n"));
        assertFalse(UserNamespace.hasOnlyRoot("         0          0          1\n"), "the host's");
        assertFalse(UserNamespace.hasOnlyRoot("         0          0 4294967295\n"));
        assertFalse(UserNamespace.hasOnlyRoot("0 1000 1\n1 100000 65536\n"));
    }

    @Test
    void shouldRefuseWhatAnUnnamedUserOwnsBeforeAnythingIsMade() throws Exception {
        assumeTrue(LibC.geteuid() == 0, "needs root: a directory of another's");
        assumeTrue(Programs.find("smbd").isPresent(), "needs smbd");
        Path shared = Files.createDirectory(dir.resolve("shared"));
        Files.setAttribute(shared, "unix:uid", UNNAMED);
        Inet4Address server = (Inet4Address) InetAddress.getByName("10.0.2.4");
        Path state = dir.resolve("state");
        IOException refused =
                assertThrows(
                        IOException.class, () -> Smbd.prepare(new SmbShare(shared, server), state));
        assertTrue(refused.getMessage().contains("user id 1234567890"), refused::getMessage);
        assertFalse(Files.exists(state));
    }
}
