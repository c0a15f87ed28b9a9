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

    private static final Pattern EFFECTIVE =
            Pattern.compile("(?m)^CapEff:\\s*(\\p{XDigit}{1,16})$");

    private Capabilities() {}

    /** Whether this process may make and change interfaces. */
    public static boolean netAdmin() {
        try {
            return netAdmin(Files.readString(Path.of("/proc/self/status")));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param status a process's, from proc(5)
     */
    public static boolean netAdmin(String status) {
        Matcher effective = EFFECTIVE.matcher(status);
        return effective.find()
                && (Long.parseUnsignedLong(effective.group(1), 16) >>> NET_ADMIN & 1) != 0;
    }
}
