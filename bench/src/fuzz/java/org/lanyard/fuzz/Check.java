package org.lanyard.fuzz;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** What has to hold in a fuzzer's try. What does not, is a finding. */
public final class Check {
    private Check() {}

    public static void that(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    public static void same(Object expected, Object found, String what) {
        if (!Objects.equals(expected, found)) {
            throw new AssertionError(what + ": " + found + ", not " + expected);
        }
    }

    public static void same(byte[] expected, byte[] found, String what) {
        int differs = Arrays.mismatch(expected, found);
        if (differs >= 0) {
            throw new AssertionError(
                    what
                            + " differs at byte "
                            + differs
                            + "\nexpected "
                            + text(expected)
                            + "\nfound    "
                            + text(found));
        }
    }

    private static String text(byte[] bytes) {
        String text = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 1024));
        return bytes.length + " bytes: " + text;
    }
}
