package org.lanyard.control;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.lanyard.config.PortKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the process of a user port whether guests reach each other through what is forwarded: where
 * that is not said, as long as no port is isolated, for to the process all guests are alike. The
 * control thread's.
 */
final class UserHairpin {
    private static final Logger LOG = LoggerFactory.getLogger(UserHairpin.class);

    private final String port;
    private final BooleanSupplier isolates;
    private UserChild last;
    private boolean told;

    /**
     * @param isolates whether a port of the switch is isolated
     */
    UserHairpin(String port, BooleanSupplier isolates) {
        this.port = port;
        this.isolates = isolates;
    }

    /** Where the process does not know it already; null is none. */
    void tell(UserChild child, PortKind.User kind) {
        boolean allowed = kind.hairpin().orElse(!isolates.getAsBoolean());
        if (child == null || child == last && told == allowed) {
            return;
        }
        try {
            child.tellHairpin(allowed);
        } catch (IOException e) {
            LOG.debug("port {}: {}", port, e.getMessage());
            return; // it is tried again in a second
        }
        last = child;
        told = allowed;
        if (!allowed && kind.hairpin().isEmpty() && !kind.forwards().isEmpty()) {
            LOG.info(
                    "port {}: guests do not reach each other through hostfwd, for a port is"
                            + " isolated; with hairpin = true they do",
                    port);
        }
    }
}
