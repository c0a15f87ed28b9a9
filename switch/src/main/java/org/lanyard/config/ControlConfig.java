package org.lanyard.config;

import java.util.Optional;

/**
 * Who may use the control socket besides root and the user whose switch it is. Groups are names or
 * numbers as they were written; whether this host has them shows when the switch starts.
 *
 * @param group whose members may change the switch, but ask nothing of the host for it
 * @param readers the group whose members may look and change nothing
 */
public record ControlConfig(Optional<String> group, Optional<String> readers) {
    /** Nobody else. */
    public static final ControlConfig OWNER_ONLY =
            new ControlConfig(Optional.empty(), Optional.empty());
}
