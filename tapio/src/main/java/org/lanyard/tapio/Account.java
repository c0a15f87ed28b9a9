package org.lanyard.tapio;

import com.sun.jna.Pointer;
import java.util.Optional;

/**
 * A user of this host's, as passwd(5) describes one.
 *
 * @param name such as {@code nobody}
 * @param gid the primary group's
 */
public record Account(String name, int uid, int gid) {
    /** Of {@code struct passwd} on 64-bit Linux, behind two pointers (getpwuid(3)). */
    private static final int UID_OFFSET = 16;

    private static final int GID_OFFSET = 20;

    /**
     * The one with that number, from wherever this host keeps its users; that may take its time.
     * Any thread; others wait for the one that asks.
     */
    public static synchronized Optional<Account> of(int uid) {
        Pointer found = LibC.getpwuid(uid);
        return found == null
                ? Optional.empty()
                : Optional.of(
                        new Account(
                                found.getPointer(0).getString(0),
                                found.getInt(UID_OFFSET),
                                found.getInt(GID_OFFSET)));
    }
}
