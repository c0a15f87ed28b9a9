package org.lanyard.frame;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/** MAC addresses for people: text to 48-bit long and back. */
public final class Mac {
    private static final Pattern COLONS = Pattern.compile("[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}");
    private static final SecureRandom RANDOM = new SecureRandom();

    /** QEMU's own prefix, locally administered: guests and tools know it. */
    private static final long QEMU_PREFIX = 0x5254_0000_0000L;

    private Mac() {}

    /** For example {@code "52:54:00:12:34:56"}. */
    public static String format(long address) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            int octet = (int) (address >>> shift) & 0xff;
            text.append(Character.forDigit(octet >>> 4, 16))
                    .append(Character.forDigit(octet & 15, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }

    /**
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static long parse(String text) {
        if (!COLONS.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no MAC address such as 52:54:00:12:34:56");
        }
        return Long.parseLong(text.replaceAll("[:-]", ""), 16);
    }

    /** A fresh, locally administered unicast address of the form 52:54:xx:xx:xx:xx. */
    public static long random() {
        return QEMU_PREFIX | (RANDOM.nextInt() & 0xffff_ffffL);
    }
}
