package org.lanyard.frame;

import java.util.Locale;

/** What an impaired wire does to a frame, other than losing it ({@link DropReason#WIRE_LOST}). */
public enum WireEffect {
    CORRUPTED,
    DUPLICATED,
    REORDERED;

    /** As in JSON. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
