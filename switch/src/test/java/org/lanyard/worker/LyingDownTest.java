package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.Slab;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.MemoryPort;
import org.lanyard.port.Port;
import org.lanyard.tapio.Sleeper;

/**
 * Something is handed in at the moment when the other lies down: it sees that, or it is rung for.
 * The bench's stress tests try the same harder.
 */
@Timeout(120)
final class LyingDownTest {
    private static final int ROUNDS = 50_000;

    /** Where cores are busy there are fewer rounds. */
    private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final int OVER = -1;
    private static final Runnable NOTHING = () -> {};

    private final Slab slab = new Slab();
    private final Port port = new MemoryPort("far", new ChunkPool(0), ChunkPool.CHUNK_SIZE);
    private final AtomicBoolean rung = new AtomicBoolean();
    private final Sleeper sleeper = new Sleeper(() -> rung.setOpaque(true));

    /** The round that may begin, and the one that the other thread has done. */
    private final AtomicInteger begun = new AtomicInteger();

    private final AtomicInteger done = new AtomicInteger();
    private volatile boolean sleeps;

    @BeforeEach
    void plug() {
        new Fabric(new Fdb(16), 4).plug(port);
    }

    @AfterEach
    void close() {
        slab.close();
    }

    @Test
    void shouldNotMissAParcel() throws Exception {
        Homecoming home = new Homecoming(new Sleeper(NOTHING), Crossing.PARCELS);
        Crossing crossing = new Crossing(home, sleeper, 4);
        Runnable handIn =
                () -> {
                    crossing.add(slab, port, 0, 64);
                    crossing.handOver();
                };
        assertNoneIsMissed(
                Sleeper.LIGHT,
                handIn,
                () -> !crossing.isEmpty(),
                () -> crossing.reuse(crossing.receive()));
    }

    @Test
    void shouldNotMissAParcelThatComesHome() throws Exception {
        Homecoming home = new Homecoming(sleeper, Crossing.PARCELS);
        Crossing crossing = new Crossing(home, new Sleeper(NOTHING), 4);
        crossing.add(slab, port, 0, 64);
        crossing.handOver();
        Parcel parcel = crossing.receive();
        assertNoneIsMissed(
                Sleeper.DEEP, () -> home.take(parcel), () -> !home.isEmpty(), home::next);
    }

    @Test
    void shouldNotMissACommand() throws Exception {
        Commands commands = new Commands(sleeper, 4);
        assertNoneIsMissed(
                Sleeper.LIGHT,
                () -> commands.give(NOTHING),
                () -> !commands.isEmpty(),
                commands::obeyNext);
    }

    private void assertNoneIsMissed(
            int depth, Runnable handIn, BooleanSupplier called, Runnable takeOut) throws Exception {
        Thread other =
                new Thread(
                        () -> {
                            for (int round = 1; awaitBegin(round); round++) {
                                sleeps = sleeper.lieDown(depth, called);
                                done.setRelease(round);
                            }
                        },
                        "sleeper");
        other.start();
        int missed = 0;
        int round = 1;
        for (long end = System.nanoTime() + ENOUGH_NANOS;
                round <= ROUNDS && System.nanoTime() - end < 0;
                round++) {
            sleeper.getUp();
            rung.setOpaque(false);
            begun.setRelease(round);
            for (int i = round % 64; i > 0; i--) {
                Thread.onSpinWait(); // now a little earlier, now a little later than the other
            }
            handIn.run();
            for (int i = 0; done.getAcquire() != round; i++) {
                pause(i);
            }
            if (sleeps && !rung.getOpaque()) {
                missed++;
            }
            takeOut.run();
        }
        begun.setRelease(OVER);
        other.join();
        assertEquals(0, missed, "slept on with something handed in, of " + round);
    }

    /** False when there is no such round. */
    private boolean awaitBegin(int round) {
        int now = begun.getAcquire();
        for (int i = 0; now != round && now != OVER; i++) {
            pause(i);
            now = begun.getAcquire();
        }
        return now != OVER;
    }

    private static void pause(int times) {
        if (times < 1_000) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}
