package org.lanyard.control;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fdb;
import org.lanyard.forward.Flush;

/**
 * Lets the forwarding database forget what is old, and what was behind ports that have left: a
 * little at a time, so that neither the control thread nor who learns waits for a large table.
 * Control thread.
 */
final class FdbUpkeep {
    /** Some hundred microseconds' worth; a table of 8192 addresses has fewer. */
    private static final int PLACES = 1 << 16;

    private static final long PAUSE_MILLIS = 10;
    private static final int SLICES = 4;
    private static final long SWEEP_MILLIS = 1;

    private final ControlLoop loop;
    private final Clock clock;
    private final Fdb fdb;
    private boolean ageing;
    private boolean sweeping;
    private int seconds;

    FdbUpkeep(ControlLoop loop, Clock clock, Fdb fdb) {
        this.loop = loop;
        this.clock = clock;
        this.fdb = fdb;
    }

    /** To be called about once a second. */
    void age(int ageingSeconds) {
        seconds = ageingSeconds;
        if (!ageing) {
            ageing = true;
            ageSome();
        }
        sweep();
    }

    private void ageSome() {
        ageing = fdb.ageSome(clock.seconds(), seconds, PLACES);
        if (ageing) {
            loop.after(PAUSE_MILLIS, TimeUnit.MILLISECONDS, this::ageSome);
        }
    }

    /** When a port has left, or its VLANs changed. */
    void sweep() {
        if (!sweeping) {
            sweepSome();
        }
    }

    private void sweepSome() {
        sweeping = true;
        for (int i = 0; i < SLICES && sweeping; i++) {
            sweeping = fdb.sweep();
        }
        if (sweeping) {
            loop.after(SWEEP_MILLIS, TimeUnit.MILLISECONDS, this::sweepSome);
        }
    }

    /**
     * Forgets what was learned.
     *
     * @param port its slot, or {@link Fdb#ANY}
     * @param vlan or {@link Fdb#ANY}
     * @return how many addresses that were, once they are forgotten
     */
    CompletableFuture<Integer> flush(int port, int vlan) {
        CompletableFuture<Integer> done = new CompletableFuture<>();
        flushSome(fdb.flush(port, vlan), done);
        return done;
    }

    private void flushSome(Flush flush, CompletableFuture<Integer> done) {
        for (int i = 0; i < SLICES; i++) {
            if (!flush.more()) {
                done.complete(flush.count());
                return;
            }
        }
        loop.after(SWEEP_MILLIS, TimeUnit.MILLISECONDS, () -> flushSome(flush, done));
    }
}
