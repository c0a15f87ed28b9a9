package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.lanyard.frame.Burst;
import org.lanyard.frame.Frames;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.MemoryPort;
import org.lanyard.port.Outbox;
import org.lanyard.port.Port;

/** A fabric with ports in memory, and a clock that the test sets. */
final class Lan implements AutoCloseable {
    static final int BACKLOG = ChunkPool.CHUNK_SIZE;

    private final Slab slab = new Slab();
    private final Burst burst = new Burst();
    private final StreamFormat format = new StreamFormat();
    private final ChunkPool pool = new ChunkPool(64 << 20);
    private final Fdb fdb;
    private final Fabric fabric;
    private final Outbox outbox;
    private final Forwarder forwarder;
    private long nanos;
    private final Clock clock = () -> nanos;

    Lan(int addresses, int ports) {
        fdb = new Fdb(addresses);
        fabric = new Fabric(fdb, ports);
        outbox = new Outbox(slab, ports);
        forwarder = new Forwarder(fabric, outbox);
    }

    Lan() {
        this(1024, 16);
    }

    Fdb fdb() {
        return fdb;
    }

    Fabric fabric() {
        return fabric;
    }

    Clock clock() {
        return clock;
    }

    void passMillis(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    void pass(long seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    MemoryPort plug(String name) {
        return plug(name, PortPolicy.NONE);
    }

    MemoryPort plug(String name, Vlans vlans) {
        return plug(name, PortPolicy.NONE.with(vlans));
    }

    MemoryPort plug(String name, PortPolicy policy) {
        MemoryPort port = new MemoryPort(name, pool, BACKLOG);
        port.obey(policy);
        if (!fabric.plug(port)) {
            throw new AssertionError("no slot for " + name);
        }
        return port;
    }

    /** The frames come in as one burst, and what is to leave leaves. */
    void send(Port ingress, byte[]... frames) {
        send(ingress, Arrays.asList(frames));
    }

    void send(Port ingress, List<byte[]> frames) {
        byte[] stream = Frames.stream(frames);
        slab.bytes().put(0, stream);
        burst.clear();
        slab.clear();
        format.parse(slab, 0, stream.length, burst);
        assertEquals(frames.size(), burst.count(), "one burst");
        outbox.at(clock.nanoTime());
        forwarder.forward(ingress, burst, clock.nanoTime());
        outbox.flush();
    }

    /** What left by the port since the last look, as the frames' marks. */
    static List<Integer> marks(MemoryPort port) {
        return port.takeSent().stream().map(Frames::mark).toList();
    }

    @Override
    public void close() {
        pool.close();
        slab.close();
    }
}
