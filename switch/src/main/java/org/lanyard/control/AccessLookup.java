package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Path;
import org.lanyard.config.PortKind;
import org.lanyard.config.SwitchConfig;
import org.lanyard.tapio.LibC;

/** Finds out who may do what: whoever knows the groups of this host may take his time. */
final class AccessLookup {
    private static final int PATIENCE_SECONDS = 10;

    private final Lane lane;
    private final RuntimeDir dir;

    AccessLookup(Lane lane, RuntimeDir dir) {
        this.lane = lane;
        this.dir = dir;
    }

    /** Where the sockets are that it is about. */
    Path runtimeDir() {
        return dir.path();
    }

    /** At once, where the configuration names no group. */
    void of(SwitchConfig some, Lane.Done<Access> done) {
        if (namesGroups(some)) {
            lane.run("looking up groups", PATIENCE_SECONDS, () -> accessOf(some), done);
            return;
        }
        Access access = null;
        IOException trouble = null;
        try {
            access = accessOf(some);
        } catch (IOException e) {
            trouble = e;
        }
        done.done(access, trouble);
    }

    private static boolean namesGroups(SwitchConfig some) {
        return some.control().group().isPresent()
                || some.control().readers().isPresent()
                || some.ports().stream()
                        .anyMatch(
                                port ->
                                        port.kind() instanceof PortKind.StreamListen listen
                                                && listen.group().isPresent());
    }

    private Access accessOf(SwitchConfig some) throws IOException {
        SocketAccess guests = SocketAccess.of(some.ports(), dir.path());
        return Access.of(LibC.geteuid(), some.control(), guests);
    }
}
