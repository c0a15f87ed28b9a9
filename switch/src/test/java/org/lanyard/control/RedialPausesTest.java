package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.config.PortKind;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.port.KernelPort;
import org.lanyard.tapio.Endpoint;
import org.lanyard.worker.Departure;
import org.lanyard.worker.PortEvents;
import org.lanyard.worker.Worker;

/**
 * When a port dials again, to the millisecond: a listener stands one millisecond before each dial,
 * where nobody may come, and is gone again at the dial itself, which fails.
 */
@Timeout(120)
class RedialPausesTest {
    private static final int[] PAUSES = {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000};

    @TempDir private Path dir;
    private final ManualClock clock = new ManualClock();
    private ControlLoop loop;
    private Worker worker;
    private DialledPort port;

    @BeforeEach
    void start() throws Exception {
        loop = new ControlLoop(clock);
        Fabric fabric = new Fabric(new Fdb(16), 4);
        worker = new Worker(0, fabric, Clock.SYSTEM, 1 << 20, new Events());
        worker.start();
        Captures captures = new Captures(loop, fabric, clock, List.of(worker), List::of);
        PortFactory ports = new PortFactory(loop, List.of(worker), 1 << 20, captures);
        Lane lane = Errands.forNames(loop).lane(() -> {});
        Endpoint endpoint = new Endpoint.Unix(dir.resolve("peer"));
        PortKind.StreamConnect kind = new PortKind.StreamConnect("unix:peer");
        port = new DialledPort("peer", kind, endpoint, loop, lane, ports, clock);
        new Thread(loop::run, "lanyard-control").start();
        loop.execute(port::start);
        settle();
    }

    @AfterEach
    void stop() throws Exception {
        loop.execute(port::stop);
        worker.stop();
        Eventually.see("the worker's end", worker::hasEnded, ended -> ended);
        loop.execute(loop::end);
    }

    private final class Events implements PortEvents {
        @Override
        public void plugged(KernelPort plugged) {
            loop.execute(() -> port.plugged(plugged));
        }

        @Override
        public void departed(KernelPort gone, Departure why) {
            loop.execute(() -> port.departed(gone, why));
        }
    }

    /** Until the loop has done all that is due: timers come last in a turn, hence two turns. */
    private void settle() throws InterruptedException {
        for (int turn = 0; turn < 2; turn++) {
            CountDownLatch done = new CountDownLatch(1);
            loop.execute(done::countDown);
            assertTrue(done.await(20, TimeUnit.SECONDS), "the loop does not turn");
        }
    }

    private void pass(long millis) throws InterruptedException {
        clock.advance(Duration.ofMillis(millis));
        settle();
    }

    private ServerSocketChannel listen() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(dir.resolve("peer")));
        listener.configureBlocking(false);
        return listener;
    }

    private void leave(ServerSocketChannel listener) throws IOException {
        listener.close();
        Files.delete(dir.resolve("peer"));
    }

    private String state() throws InterruptedException {
        AtomicReference<String> state = new AtomicReference<>();
        loop.execute(() -> state.set(port.views().get(0).state()));
        settle();
        return state.get();
    }

    private void assertNobodyComes(int dial) throws Exception {
        ServerSocketChannel early = listen();
        settle();
        assertNull(early.accept(), "dial " + dial + " came too early");
        leave(early);
    }

    @Test
    void shouldGrowToFiveSecondsAndStartAfreshAfterAConnection() throws Exception {
        for (int dial = 0; dial < PAUSES.length; dial++) {
            pass(PAUSES[dial] - 1);
            assertNobodyComes(dial);
            if (dial < PAUSES.length - 1) {
                pass(1);
            }
        }
        ServerSocketChannel listener = listen();
        pass(1);
        try (SocketChannel peer = listener.accept()) {
            assertNotNull(peer, "the last dial did not come");
            Eventually.see("up", this::state, "up"::equals);
        }
        leave(listener);
        Eventually.see("down", this::state, "down"::equals);
        pass(99);
        assertNobodyComes(PAUSES.length);
        ServerSocketChannel again = listen();
        pass(1);
        try (SocketChannel peer = again.accept()) {
            assertNotNull(peer, "the first dial after a connection did not come");
        }
        leave(again);
    }

    @Test
    void shouldDialNoMoreOnceStopped() throws Exception {
        loop.execute(port::stop);
        settle();
        ServerSocketChannel listener = listen();
        pass(60_000);
        assertNull(listener.accept());
        assertEquals("down", state());
        leave(listener);
    }
}
