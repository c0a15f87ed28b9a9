package org.lanyard.tapio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel lets this process do (capabilities(7)). */
public final class Capabilities {
    /** linux/capability.h. */
    private static final int NET_ADMIN = 12;

    private static final int NET_RAW = 13;
    private static final int NET_BIND_SERVICE = 10;
    private static final int SETGID = 6;
    private static final int SETUID = 7;
    private static final int SETPCAP = 8;

    private static final Pattern EFFECTIVE =
            Pattern.compile("(?m)^CapEff:\\s*(\\p{XDigit}{1,16})$");

    private Capabilities() {}

    /** Whether this process may make and change interfaces. */
    public static boolean netAdmin() {
        return has(NET_ADMIN, own());
    }

    /** Whether this process may listen below port 1024. */
    static boolean netBindService() {
        return has(NET_BIND_SERVICE, own());
    }

    /** Whether this process may become other users. */
    static boolean setIds() {
        return has(SETUID, own()) && has(SETGID, own());
    }

    /** Whether this process may bound what its children can have. */
    static boolean setPcap() {
        return has(SETPCAP, own());
    }

    private static String own() {
        try {
            return Files.readString(Path.of("/proc/self/status"));
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * @param status a process's, from proc(5)
     */
    public static boolean netAdmin(String status) {
        return has(NET_ADMIN, status);
    }

    /**
     * Whether a process may open packet sockets.
     *
     * @param status its own, from proc(5)
     */
    public static boolean netRaw(String status) {
        return has(NET_RAW, status);
    }

    private static boolean has(int capability, String status) {
        Matcher effective = EFFECTIVE.matcher(status);
        return effective.find()
                && (Long.parseUnsignedLong(effective.group(1), 16) >>> capability & 1) != 0;
    }
}
