package org.lanyard.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What SIGHUP does: it asks services to read their configuration again. */
final class HangUp {
    private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

    private HangUp() {}

    /** Runs on a thread of the JVM's. Where it can't be had, SIGHUP ends the switch in order. */
    static void does(Runnable action) {
        if (!new Signals().on("HUP", action)) {
            LOG.debug("SIGHUP can't be heard");
        }
    }
}
