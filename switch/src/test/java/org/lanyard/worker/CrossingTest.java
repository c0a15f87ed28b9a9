package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.Slab;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.KernelPort;
import org.lanyard.port.MemoryPort;
import org.lanyard.port.Port;

/** The way between two workers that both stand still, so that each step is the test's. */
final class CrossingTest {
    private static final PortEvents NOBODY_LISTENS =
            new PortEvents() {
                @Override
                public void plugged(KernelPort port) {}

                @Override
                public void departed(KernelPort port, Departure why) {}
            };

    private final Fabric fabric = new Fabric(new Fdb(16), 4);
    private final ChunkPool pool = new ChunkPool(0);
    private final Port near = new MemoryPort("near", pool, ChunkPool.CHUNK_SIZE);
    private final Port far = new MemoryPort("far", pool, ChunkPool.CHUNK_SIZE);
    private final Slab slab = new Slab();
    private Worker sender;
    private Worker receiver;
    private Crossing crossing;

    @BeforeEach
    void meet() throws Exception {
        sender = new Worker(0, fabric, Clock.SYSTEM, 0, NOBODY_LISTENS);
        receiver = new Worker(1, fabric, Clock.SYSTEM, 0, NOBODY_LISTENS);
        Homecoming home = new Homecoming(sender.sleeper(), Crossing.PARCELS);
        crossing = new Crossing(home, receiver.sleeper(), fabric.maxPorts());
        fabric.plug(near);
        fabric.plug(far);
    }

    @AfterEach
    void part() {
        sender.close();
        receiver.close();
        slab.close();
    }

    @Test
    void shouldCarryRunsOverAndJoinNeighbours() {
        assertTrue(crossing.add(slab, near, 0, 64));
        assertTrue(crossing.add(slab, near, 64, 128));
        assertTrue(crossing.add(slab, far, 0, 64));
        assertTrue(crossing.add(slab, near, 200, 264));
        assertNull(crossing.receive(), "not before it is handed over");
        crossing.handOver();
        Parcel parcel = crossing.receive();
        assertEquals(3, parcel.count());
        assertRun(parcel, 0, near, 0, 128, 2);
        assertRun(parcel, 1, far, 0, 64, 1);
        assertRun(parcel, 2, near, 200, 264, 1);
        assertSame(slab, parcel.slab());
        assertTrue(crossing.isEmpty());
    }

    private static void assertRun(
            Parcel parcel, int run, Port port, int start, int end, int frames) {
        assertSame(port, parcel.port(run));
        assertEquals(start, parcel.start(run));
        assertEquals(end, parcel.end(run));
        assertEquals(frames, parcel.frames(run));
    }

    @Test
    void shouldHandNothingOverWhereNothingWasAdded() {
        crossing.handOver();
        assertTrue(crossing.isEmpty());
    }

    @Test
    void shouldKeepTheSlabLentUntilEveryParcelIsHome() {
        crossing.add(slab, near, 0, 64);
        crossing.handOver();
        crossing.add(slab, near, 64, 128);
        crossing.handOver();
        Parcel first = crossing.receive();
        Parcel second = crossing.receive();
        assertNotSame(first, second);
        assertRun(second, 0, near, 64, 128, 1);
        crossing.reuse(first);
        assertTrue(slab.isLent());
        crossing.reuse(second);
        assertFalse(slab.isLent());
    }

    @Test
    void shouldRefuseFramesOnceAllParcelsAreUnderWayAndTakeThemAgainLater() {
        for (int i = 0; i < Crossing.PARCELS; i++) {
            assertTrue(crossing.add(slab, near, 100 * i, 100 * i + 64));
            crossing.handOver();
        }
        assertFalse(crossing.add(slab, near, 0, 64));
        assertFalse(crossing.add(slab, far, 0, 64));
        crossing.handOver();
        List<Parcel> parcels = new ArrayList<>();
        for (Parcel p = crossing.receive(); p != null; p = crossing.receive()) {
            assertEquals(100 * parcels.size(), p.start(0), "in order");
            parcels.add(p);
        }
        assertEquals(Crossing.PARCELS, parcels.size());
        parcels.forEach(crossing::reuse);
        assertFalse(slab.isLent());
        assertTrue(crossing.add(slab, near, 0, 64));
    }

    @Test
    void shouldOpenTheNextParcelWhenOneIsFull() {
        for (int i = 0; i <= Parcel.CAPACITY; i++) {
            assertTrue(crossing.add(slab, i % 2 == 0 ? near : far, 8 * i, 8 * i + 4));
        }
        assertEquals(Parcel.CAPACITY, crossing.receive().count(), "on its way already");
        crossing.handOver();
        Parcel second = crossing.receive();
        assertEquals(1, second.count());
        assertRun(second, 0, near, 8 * Parcel.CAPACITY, 8 * Parcel.CAPACITY + 4, 1);
    }

    @Test
    void shouldRefuseAFrameForAPortThatHasGone() {
        fabric.unplug(far);
        assertFalse(crossing.add(slab, far, 0, 64));
        assertFalse(slab.isLent());
    }
}
