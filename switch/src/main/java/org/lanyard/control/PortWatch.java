package org.lanyard.control;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.StreamPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the counters once a second and says what an operator would want to know: which port
 * drops and why, who owes half a frame, that the FDB is full. The data plane itself never logs.
 * Each thing is said at once and then at most once a minute, so a guest can't fill the log.
 */
final class PortWatch {
    private static final Logger LOG = LoggerFactory.getLogger(PortWatch.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int HALF_FRAME_LOOKS = 10;

    /** Everyday fates of frames, which only the counters tell. */
    private static final Set<DropReason> ORDINARY =
            Set.of(
                    DropReason.RESERVED_GROUP,
                    DropReason.ISOLATED,
                    DropReason.SAME_PORT,
                    DropReason.NO_OTHER_PORT,
                    DropReason.DRAINED,
                    DropReason.PORT_CLOSED,
                    DropReason.INTERFACE_DOWN);

    private static final class Said {
        long at;
        long total;
        long seen;
    }

    private static final class HalfFrame {
        long rxPackets = -1;
        int looks;
    }

    /** Is told what {@link #look} found, each second. */
    @FunctionalInterface
    interface Listener {
        void dropped(String port, DropReason reason, long frames);
    }

    private record Subject(String port, DropReason reason) {}

    private final Clock clock;
    private final Listener listener;
    private final LogBudget budget;
    private final Map<Subject, Said> said = new HashMap<>();
    private final Map<StreamPort, HalfFrame> halves = new HashMap<>();
    private final Said fdbFull = new Said();

    PortWatch(Clock clock, Listener listener) {
        this.clock = clock;
        this.listener = listener;
        this.budget = new LogBudget(clock);
    }

    void look(String port, PortCounters counters) {
        for (DropReason reason : DropReason.values()) {
            long total = counters.drops(reason);
            if (total == 0 || ORDINARY.contains(reason)) {
                continue;
            }
            Said last = said.computeIfAbsent(new Subject(port, reason), s -> new Said());
            if (total > last.seen) {
                listener.dropped(port, reason, total - last.seen);
                last.seen = total;
            }
            if (isNews(last, total) && budget.allows()) {
                LOG.warn(
                        "port {} dropped {} frames ({} in all), {}: {}{}",
                        port,
                        total - last.total,
                        total,
                        reason.key(),
                        reason.sentence(),
                        budget.leftOut());
                told(last, total);
            }
        }
    }

    private boolean isNews(Said last, long total) {
        return total > last.total && (last.total == 0 || clock.nanoTime() - last.at >= PAUSE_NANOS);
    }

    private void told(Said last, long total) {
        last.at = clock.nanoTime();
        last.total = total;
    }

    /** Called once a second for each guest that is up. */
    void lookForHalfFrame(StreamPort port) {
        if (!port.hasHalfFrame()) {
            halves.remove(port);
            return;
        }
        HalfFrame half = halves.computeIfAbsent(port, p -> new HalfFrame());
        long rxPackets = port.counters().rxPackets();
        half.looks = half.rxPackets == rxPackets ? half.looks + 1 : 0;
        half.rxPackets = rxPackets;
        if (half.looks == HALF_FRAME_LOOKS && budget.allows()) {
            LOG.warn(
                    "port {} has sent half a frame and then nothing for {} s{}",
                    port,
                    HALF_FRAME_LOOKS,
                    budget.leftOut());
        }
    }

    /** Forgets guests that left. */
    void keepOnly(Set<StreamPort> up) {
        halves.keySet().retainAll(new HashSet<>(up));
    }

    void look(Fdb fdb) {
        long refused = fdb.refused();
        if (isNews(fdbFull, refused) && budget.allows()) {
            LOG.warn(
                    "the forwarding database is full ({} addresses): {} times an address was not"
                            + " learned, and frames to such are flooded; see mac-table-size{}",
                    fdb.capacity(),
                    refused - fdbFull.total,
                    budget.leftOut());
            told(fdbFull, refused);
        }
    }
}
