package org.lanyard.control;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.KeepAlive;

/**
 * Whether the TCP peers of a port still answer, and how long they may not. The kernel tells when a
 * unix socket's peer is gone. The control thread's.
 */
final class PeerPulse {
    private final Clock clock;
    private Duration longest;
    private long since;

    /**
     * @param longest zero for as long as they like
     */
    PeerPulse(Duration longest, Clock clock) {
        this.clock = clock;
        this.longest = longest;
        this.since = clock.nanoTime();
    }

    /** From now on they may be silent for so long; each is to be {@link #watch}ed again. */
    void allow(Duration next) {
        longest = next;
        since = clock.nanoTime();
    }

    void watch(Connection peer) throws IOException {
        if (isTcp(peer)) {
            KeepAlive.ask(peer, (int) longest.toSeconds());
        }
    }

    private static boolean isTcp(Connection peer) {
        return peer.remote().startsWith("tcp:");
    }

    /** Whether it owes an answer for too long. */
    boolean isGone(Connection peer) {
        // Right after a change the kernel has not asked yet: old silence says nothing.
        boolean early = clock.nanoTime() - since < longest.toNanos();
        if (longest.isZero() || early || !isTcp(peer)) {
            return false;
        }
        try {
            return KeepAlive.isSilent(peer, TimeUnit.NANOSECONDS.toMillis(longest.toNanos()));
        } catch (IOException e) {
            return false; // what is wrong with the socket shows when it is read
        }
    }
}
