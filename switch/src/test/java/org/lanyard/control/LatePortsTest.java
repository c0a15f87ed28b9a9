package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Port;
import org.lanyard.worker.Departure;

/** When a port is opened whose interface another has, or cannot be had. */
class LatePortsTest {
    private final ManualClock clock = new ManualClock();
    private final Set<Attachment> held = new HashSet<>();
    private ControlLoop loop;
    private LatePorts ports;

    @BeforeEach
    void start() throws Exception {
        loop = new ControlLoop(clock);
        ports = new LatePorts(loop, attachment -> !held.contains(attachment));
        new Thread(loop::run, "lanyard-control").start();
    }

    @AfterEach
    void stop() {
        loop.execute(loop::end);
    }

    /** One that counts how often it is to be opened, and can't be. */
    private static final class Refused implements Attachment {
        private final String name;
        private int starts;
        private String why;

        private Refused(String name) {
            this.name = name;
            this.why = name + " is refused";
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public CompletableFuture<Void> start() {
            starts++;
            return why == null ? DONE : CompletableFuture.failedFuture(new IOException(why));
        }

        @Override
        public void stop() {}

        @Override
        public void plugged(KernelPort port) {}

        @Override
        public void departed(KernelPort port, Departure why) {}

        @Override
        public boolean owns(Port port) {
            return false;
        }

        @Override
        public List<PortCounters> counters() {
            return List.of();
        }

        @Override
        public List<PortView> views() {
            return List.of();
        }
    }

    /** Timers come last in a turn, hence two turns. */
    private void run(Runnable action) throws InterruptedException {
        loop.execute(action);
        for (int turn = 0; turn < 2; turn++) {
            CountDownLatch done = new CountDownLatch(1);
            loop.execute(done::countDown);
            assertTrue(done.await(20, TimeUnit.SECONDS), "the loop does not turn");
        }
    }

    private void pass(Duration time) throws InterruptedException {
        clock.advance(time);
        run(() -> {});
    }

    @Test
    void shouldTryAgainAtItsTimeHoweverManyPortsDepart() throws Exception {
        Refused lan = new Refused("lan");
        Refused wan = new Refused("wan");
        run(
                () -> {
                    ports.add(lan);
                    ports.add(wan);
                });
        for (int departure = 0; departure < 15; departure++) {
            run(ports::openFree);
        }
        assertEquals(1, lan.starts);
        for (int attempt = 2; attempt < 6; attempt++) {
            pass(Duration.ofSeconds(LatePorts.RETRY_SECONDS));
            run(ports::openFree);
            assertEquals(attempt, lan.starts);
            assertEquals(attempt, wan.starts, "one that can't be had keeps no other waiting");
        }
        assertEquals(Optional.of("lan is refused"), ports.reason(lan));

        lan.why = null;
        pass(Duration.ofSeconds(LatePorts.RETRY_SECONDS));
        assertEquals(Optional.empty(), ports.reason(lan));
        pass(Duration.ofSeconds(LatePorts.RETRY_SECONDS));
        assertEquals(6, lan.starts, "it is open");
        assertEquals(7, wan.starts);

        run(ports::clear);
        pass(Duration.ofMinutes(1));
        assertEquals(7, wan.starts);
    }

    @Test
    void shouldOpenOneAsSoonAsNobodyHoldsItsInterface() throws Exception {
        Refused lan = new Refused("lan");
        lan.why = null;
        held.add(lan);
        run(() -> ports.add(lan));
        run(ports::openFree);
        assertEquals(0, lan.starts);
        assertTrue(ports.reason(lan).orElseThrow().contains("a port that is removed"));
        held.clear();
        run(ports::openFree);
        assertEquals(1, lan.starts);
        assertEquals(Optional.empty(), ports.reason(lan));
    }

    @Test
    void shouldForgetOneThatIsNotWantedAnyMore() throws Exception {
        Refused lan = new Refused("lan");
        run(() -> ports.add(lan));
        run(ports::openFree);
        run(() -> ports.retain(attachment -> false));
        pass(Duration.ofMinutes(1));
        assertEquals(1, lan.starts);
    }
}
