package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A turn of the worker is short whatever there is to do: frames are served in between. */
final class TurnTest {
    private static final int PORTS = 64;
    private static final int FEW = 16;

    @TempDir private Path directory;
    private final CountDownLatch go = new CountDownLatch(1);
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory, PORTS);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    /** The worker is busy until {@link #go}. */
    private void hold() {
        bench.worker()
                .ask(
                        () -> {
                            try {
                                go.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    private static void assertFewEachTurn(Collection<Long> turns) {
        Map<Long, Long> byTurn =
                turns.stream().collect(Collectors.groupingBy(t -> t, Collectors.counting()));
        long most = Collections.max(byTurn.values());
        assertTrue(most <= FEW, most + " in one turn");
    }

    @Test
    void shouldPlugAFewPortsInAndThenLookAtTheOthers() throws Exception {
        List<Bench.Guest> guests = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            guests.add(bench.connect("guest" + i));
        }
        hold();
        guests.forEach(guest -> bench.worker().adopt(guest.port()));
        go.countDown();
        List<Long> turns = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            turns.add(bench.nextEvent().turn());
        }
        assertFewEachTurn(turns);
        assertEquals(PORTS, bench.fabric().topology().count());
    }

    @Test
    void shouldLetAFewPortsGoAndThenLookAtTheOthers() throws Exception {
        List<Bench.Guest> guests = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            guests.add(bench.plug("guest" + i));
        }
        hold();
        for (Bench.Guest guest : guests) {
            guest.wire().close();
        }
        go.countDown();
        List<Long> turns = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            turns.add(bench.nextEvent().turn());
        }
        assertFewEachTurn(turns);
        assertEquals(0, bench.fabric().topology().count());
    }
}
