package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.KernelPort;
import org.lanyard.port.StreamPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.StreamListener;

/** One worker on its thread, guests on unix sockets, and a clock that the test moves. */
final class Bench implements AutoCloseable {
    static final int BACKLOG = 1 << 20;
    private static final long PATIENCE_SECONDS = 20;

    /** What the worker told of a port; {@code why} is null when it was plugged in. */
    record Event(KernelPort port, Departure why, long turn) {}

    /** A guest, its port, and the switch's end of the connection. */
    record Guest(WireGuest wire, StreamPort port, Connection connection) {}

    private final Fabric fabric;
    private final Worker worker;
    private final Path socket;
    private final StreamListener listener;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Connection> connections = new ArrayList<>();
    private final List<WireGuest> guests = new ArrayList<>();
    private final AtomicReference<Throwable> death = new AtomicReference<>();
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong clockReads = new AtomicLong();

    Bench(Path directory, int maxPorts) throws IOException {
        fabric = new Fabric(new Fdb(1024), maxPorts);
        worker = new Worker(0, fabric, clock(), 64 << 20, new Recorder());
        worker.onDeath(death::set);
        socket = directory.resolve("guests.sock");
        listener = StreamListener.listen(new Endpoint.Unix(socket));
        worker.start();
    }

    private Clock clock() {
        return () -> {
            clockReads.incrementAndGet();
            return nanos.get();
        };
    }

    private final class Recorder implements PortEvents {
        @Override
        public void plugged(KernelPort port) {
            events.add(new Event(port, null, turn()));
        }

        @Override
        public void departed(KernelPort port, Departure why) {
            events.add(new Event(port, why, turn()));
        }
    }

    Worker worker() {
        return worker;
    }

    Fabric fabric() {
        return fabric;
    }

    void passMillis(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** How often the worker has looked at its clock: once in a turn. */
    long turn() {
        return clockReads.get();
    }

    /** What the worker told next. */
    Event nextEvent() throws InterruptedException {
        Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("nothing within " + PATIENCE_SECONDS + " s");
        }
        return event;
    }

    /** Returns once the worker has looked at its clock and its ports a few times more. */
    void awaitTurns() {
        long until = clockReads.get() + 4;
        await("turns of the worker", () -> clockReads.get() >= until);
    }

    /** A guest that is connected, its port not yet adopted. */
    Guest connect(String name) throws IOException {
        WireGuest wire = new WireGuest(socket);
        guests.add(wire);
        Connection connection = listener.accept();
        connections.add(connection);
        StreamPort port =
                new StreamPort(
                        name,
                        new PortCounters(),
                        connection.fd(),
                        worker.chunks(),
                        worker.pieces(),
                        BACKLOG);
        return new Guest(wire, port, connection);
    }

    /** A guest whose port is up. */
    Guest plug(String name) throws Exception {
        Guest guest = connect(name);
        adopt(guest.port());
        return guest;
    }

    /** Lets the worker adopt the port, and waits until it is up. */
    void adopt(KernelPort port) throws InterruptedException {
        worker.adopt(port);
        expect(port, null);
    }

    /** The switch's end of one more connection, for a port of the test's own making. */
    Connection connection() throws IOException {
        return connect("spare").connection();
    }

    /** The worker's next word must be this. */
    void expect(KernelPort port, Departure why) throws InterruptedException {
        Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("nothing of " + port + " within 20 s, " + why + " was due");
        }
        boolean due = event.port() == port && event.why() == why;
        assertTrue(due, event + ", not " + port + " " + why);
    }

    boolean isSilent() {
        return events.isEmpty();
    }

    static void await(String what, BooleanSupplier done) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within 20 s: " + what);
            }
            LockSupport.parkNanos(100_000);
        }
    }

    /** Time passes until the worker has ended; then nothing of it may be left. */
    void stop() {
        worker.stop();
        await(
                "the worker's end",
                () -> {
                    passMillis(100);
                    return worker.hasEnded();
                });
    }

    @Override
    public void close() throws IOException {
        if (!worker.hasEnded()) {
            stop();
        }
        worker.close();
        for (WireGuest guest : guests) {
            guest.close();
        }
        for (Connection connection : connections) {
            connection.close();
        }
        listener.close();
        if (death.get() != null) {
            throw new AssertionError("the worker died", death.get());
        }
    }
}
