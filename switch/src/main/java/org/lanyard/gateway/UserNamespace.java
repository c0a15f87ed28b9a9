package org.lanyard.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The user namespace that the switch is in; user_namespaces(7). */
public final class UserNamespace {
    private static final Path UID_MAP = Path.of("/proc/self/uid_map");

    private UserNamespace() {}

    /**
     * Whether root is the only user there is. It can become no other, and need not: it is just
     * another name of the user who made the namespace. Where that one is root too, it is not.
     */
    public static boolean hasOnlyRoot() throws IOException {
        return hasOnlyRoot(Files.readString(UID_MAP));
    }

    static boolean hasOnlyRoot(String uidMap) {
        String[] words = uidMap.strip().split("\\s+");
        return words.length == 3 && !words[1].equals("0") && words[2].equals("1");
    }

    /**
     * What to say when a program, which is not to be root, can't be given its directory.
     *
     * @param user whose it was to be
     */
    static IOException mayNotGive(String program, String user, IOException why) {
        return new IOException(
                program
                        + " does not run as root, and root can't make "
                        + user
                        + " the owner of "
                        + why.getMessage()
                        + "; run the switch as a user other than root, or let root have"
                        + " CAP_CHOWN, CAP_SETUID, CAP_SETGID and CAP_SETPCAP",
                why);
    }
}
