package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.Test;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.MemoryPort;
import org.lanyard.port.Port;

final class FabricTest {
    private static final int SLOTS = 4;

    private final Fdb fdb = new Fdb(64);
    private final Fabric fabric = new Fabric(fdb, SLOTS);

    private static Port port(String name) {
        return new MemoryPort(name, new ChunkPool(0), ChunkPool.CHUNK_SIZE);
    }

    @Test
    void shouldGiveTheLowestFreeSlot() {
        List<Port> ports = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            ports.add(port("p" + i));
            assertTrue(fabric.plug(ports.get(i)));
            assertEquals(i, ports.get(i).slot());
        }
        fabric.unplug(ports.get(2));
        fabric.unplug(ports.get(1));
        Port next = port("next");
        assertTrue(fabric.plug(next));
        assertEquals(1, next.slot());
        assertEquals(Port.UNPLUGGED, ports.get(1).slot());
    }

    @Test
    void shouldRefuseAPortMoreThanItHasSlots() {
        for (int i = 0; i < SLOTS; i++) {
            fabric.plug(port("p" + i));
        }
        Port late = port("late");
        assertFalse(fabric.plug(late));
        assertEquals(Port.UNPLUGGED, late.slot());
        assertEquals(SLOTS, fabric.topology().count());
        assertEquals(SLOTS, fabric.maxPorts());
    }

    @Test
    void shouldLeaveTheTopologyThatSomebodyReadAsItWas() {
        Port a = port("a");
        fabric.plug(a);
        Topology before = fabric.topology();
        fabric.unplug(a);
        assertSame(a, before.at(0));
        assertEquals(1, before.count());
        assertNull(fabric.topology().at(0));
        assertEquals(0, fabric.topology().count());
    }

    @Test
    void shouldAnswerForAnySlotNumber() {
        assertNull(fabric.topology().at(Fdb.UNKNOWN));
        assertNull(fabric.topology().at(SLOTS));
        assertNull(fabric.topology().at(Integer.MAX_VALUE));
    }

    @Test
    void shouldUnplugAPortTwiceWithoutHarmToTheNext() {
        Port a = port("a");
        fabric.plug(a);
        fabric.unplug(a);
        Port b = port("b");
        fabric.plug(b);
        fabric.unplug(a);
        assertSame(b, fabric.topology().at(0));
    }

    /** Each port writes its address when it has a slot; the next one there must not find it. */
    @Test
    void shouldGiveEachSlotToOnePortAtATimeWhoeverPlugs() throws InterruptedException {
        int rounds = 20_000;
        AtomicReferenceArray<Port> holders = new AtomicReferenceArray<>(SLOTS);
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger plugged = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 6; t++) {
            Port port = port("p" + t);
            long key = Fdb.key(0x5254_0000_0000L + t, 1);
            Random random = new Random(t);
            threads.add(
                    new Thread(
                            () -> {
                                for (int i = 0; i < rounds; i++) {
                                    if (!fabric.plug(port)) {
                                        Thread.yield();
                                        continue;
                                    }
                                    plugged.incrementAndGet();
                                    int slot = port.slot();
                                    boolean alone = holders.compareAndSet(slot, null, port);
                                    boolean seen = fabric.topology().at(slot) == port;
                                    boolean clean = fdb.lookUp(key) == Fdb.UNKNOWN;
                                    fdb.learn(key, slot, 0);
                                    if (random.nextInt(50) == 0) {
                                        Thread.yield();
                                    }
                                    holders.set(slot, null);
                                    fabric.unplug(port);
                                    if (!alone || !seen || !clean) {
                                        wrong.incrementAndGet();
                                    }
                                }
                            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(30));
            assertFalse(thread.isAlive(), "plugging did not end within 30 s");
        }
        assertEquals(0, wrong.get(), "wrong in " + plugged.get());
        assertTrue(plugged.get() > rounds, plugged.get() + " plugged");
        assertEquals(0, fabric.topology().count());
        assertEquals(0, fdb.size());
    }
}
