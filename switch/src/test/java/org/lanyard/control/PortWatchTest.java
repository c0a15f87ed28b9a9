package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.StreamPort;
import org.lanyard.tapio.IoVec;

class PortWatchTest {
    private final ManualClock clock = new ManualClock();
    private final PortWatch watch = new PortWatch(clock, (port, reason, frames) -> {});
    private final LogLines log = LogLines.of(PortWatch.class);
    private final PortCounters counters = new PortCounters();
    private final ChunkPool chunks = new ChunkPool(1 << 20);
    private final IoVec pieces = new IoVec(4);
    private final Slab slab = new Slab();
    private final StreamPort guest =
            new StreamPort("guests/1", new PortCounters(), -1, chunks, pieces, 1 << 20);

    @AfterEach
    void close() {
        guest.release();
        slab.close();
        pieces.close();
        chunks.close();
        log.close();
    }

    /** The guest owes the rest of a frame now; or not. */
    private void owe(boolean rest) {
        guest.release();
        guest.keepRest(slab, 0, rest ? 3 : 0);
    }

    private void look(int seconds) {
        for (int i = 0; i < seconds; i++) {
            watch.look("guests/1", counters);
            watch.lookForHalfFrame(guest);
            clock.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void shouldSayNothingOfAPortThatDropsNothing() {
        counters.received(5, 300);
        look(100);
        assertEquals(List.of(), log.lines());
    }

    @Test
    void shouldSayAtOnceThatAPortDrops() {
        counters.dropped(DropReason.BACKLOG_FULL, 7);
        look(1);
        assertEquals(
                List.of(
                        "WARNING port guests/1 dropped 7 frames (7 in all), backlog-full: the port"
                                + " reads too slowly and its backlog is full (tail drop)"),
                log.lines());
    }

    @Test
    void shouldSayItAtMostOnceAMinute() {
        for (int i = 0; i < 61; i++) {
            counters.dropped(DropReason.BACKLOG_FULL, 10);
            look(1);
        }
        assertEquals(2, log.lines().size(), () -> log.lines().toString());
        assertEquals(
                "WARNING port guests/1 dropped 600 frames (610 in all), backlog-full",
                log.lines().get(1).split(":")[0]);
    }

    @Test
    void shouldNotRepeatWhatIsOver() {
        counters.dropped(DropReason.RUNT, 1);
        look(300);
        assertEquals(1, log.lines().size(), () -> log.lines().toString());
    }

    @Test
    void shouldTellEachPortAndReasonByItself() {
        counters.dropped(DropReason.RUNT, 1);
        counters.dropped(DropReason.BACKLOG_FULL, 1);
        watch.look("guests/1", counters);
        watch.look("guests/2", counters);
        assertEquals(4, log.lines().size(), () -> log.lines().toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"SAME_PORT", "NO_OTHER_PORT", "DRAINED", "PORT_CLOSED", "INTERFACE_DOWN"})
    void shouldLeaveEverydayDropsToTheCounters(DropReason ordinary) {
        counters.dropped(ordinary, 1_000_000);
        look(100);
        assertEquals(List.of(), log.lines());
    }

    @Test
    void shouldNotLetManyPortsFillTheLog() {
        counters.dropped(DropReason.RUNT, 1);
        for (int i = 1; i <= 1000; i++) {
            watch.look("guests/" + i, counters);
        }
        assertEquals(20, log.lines().size());
    }

    @Test
    void shouldSayThatHalfAFrameHasBeenWaitingForTenSeconds() {
        owe(true);
        look(10);
        assertEquals(List.of(), log.lines());
        look(100);
        assertEquals(
                List.of("WARNING port guests/1 has sent half a frame and then nothing for 10 s"),
                log.lines());
    }

    @Test
    void shouldNotSuspectAGuestThatIsInTheMiddleOfManyFrames() {
        owe(true);
        for (int i = 0; i < 100; i++) {
            guest.counters().received(1, 60);
            look(1);
        }
        assertEquals(List.of(), log.lines());
    }

    @Test
    void shouldStartAgainWhenTheRestCame() {
        owe(true);
        look(9);
        owe(false);
        look(1);
        owe(true);
        look(10);
        assertEquals(List.of(), log.lines());
        look(1);
        assertEquals(1, log.lines().size());
    }

    @Test
    void shouldForgetGuestsThatLeft() {
        owe(true);
        look(9);
        watch.keepOnly(Set.of());
        look(10);
        assertEquals(List.of(), log.lines());
        watch.keepOnly(Set.of(guest));
        look(1);
        assertEquals(1, log.lines().size());
    }

    @Test
    void shouldSayThatTheForwardingDatabaseIsFull() {
        Fdb fdb = new Fdb(1);
        watch.look(fdb);
        assertEquals(List.of(), log.lines());
        for (long mac = 1; fdb.refused() == 0 && mac < 1000; mac++) {
            fdb.learn(Fdb.key(0x020000000000L + mac, 1), 0, 0);
        }
        long refused = fdb.refused();
        watch.look(fdb);
        watch.look(fdb);
        assertEquals(
                List.of(
                        "WARNING the forwarding database is full (1 addresses): "
                                + refused
                                + " times an address was not learned, and frames to such are"
                                + " flooded; see mac-table-size"),
                log.lines());
    }
}
