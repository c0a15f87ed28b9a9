package org.lanyard.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntFunction;
import org.lanyard.tapio.Account;
import org.lanyard.tapio.LibC;

/**
 * As whom smbd runs: as the user of the switch. Where that is root, as the owner of the shared
 * directory; and where that is root too, as nobody, so that guests can only read what all may read.
 *
 * @param account with the groups that it is to have: no other, and never root's
 * @param isAnother than the switch's
 */
record SmbUser(Account account, boolean isAnother) {
    /** The kernel's overflow uid and gid, which own nothing. */
    static final int NOBODY = 65_534;

    /**
     * @throws IOException with a sentence for the user, when that user has no name, which smbd
     *     would refuse each guest for (NT_STATUS_NO_SUCH_USER)
     */
    static SmbUser of(Path directory) throws IOException {
        int owner = (Integer) Files.getAttribute(directory, "unix:uid");
        int self = LibC.geteuid();
        boolean isRoot = self == 0 && !UserNamespace.hasOnlyRoot();
        return isRoot
                ? forRoot(directory, owner, Account::of)
                : new SmbUser(named(self, "this switch runs as", "run it as", Account::of), false);
    }

    static SmbUser forRoot(Path directory, int owner, IntFunction<Optional<Account>> accounts)
            throws IOException {
        int uid = owner == 0 ? NOBODY : owner;
        Account account = named(uid, directory + " is shared as", "chown it to", accounts);
        boolean isSafe = uid != NOBODY && account.gid() != 0;
        return new SmbUser(new Account(account.name(), uid, isSafe ? account.gid() : NOBODY), true);
    }

    private static Account named(
            int uid, String what, String mend, IntFunction<Optional<Account>> accounts)
            throws IOException {
        return accounts.apply(uid)
                .orElseThrow(
                        () ->
                                new IOException(
                                        "smb: "
                                                + what
                                                + " user id "
                                                + Integer.toUnsignedString(uid)
                                                + ", which has no name on this host, and smbd"
                                                + " serves nobody without one; "
                                                + mend
                                                + " a user that getent passwd knows"));
    }
}
