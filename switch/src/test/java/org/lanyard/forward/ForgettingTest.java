package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.MemoryPort;
import org.lanyard.port.Port;

/** What takes away many addresses does it bit by bit, and nobody can tell. */
final class ForgettingTest {
    private static final int MANY = 20 * Forgetting.SLICE;

    private final Fdb fdb = new Fdb(2 * MANY);
    private final Fabric fabric = new Fabric(fdb, 4);
    private final Port crowded = port("crowded");
    private final Port other = port("other");

    private static Port port(String name) {
        return new MemoryPort(name, new ChunkPool(0), ChunkPool.CHUNK_SIZE);
    }

    private static long key(int i) {
        return Fdb.key(0x5254_0000_0000L + i, 1 + i % 2);
    }

    private void learn(Port port, int from, int to) {
        for (int i = from; i < to; i++) {
            assertTrue(fdb.learn(key(i), port.slot(), 0), "address " + i);
        }
    }

    private int sweeps() {
        int sweeps = 1;
        while (fdb.sweep()) {
            sweeps++;
        }
        return sweeps;
    }

    @Test
    void shouldUnplugAPortWithoutGoingThroughAllItsAddresses() {
        fabric.plug(crowded);
        fabric.plug(other);
        learn(crowded, 0, MANY);
        learn(other, MANY, MANY + 100);
        fabric.unplug(crowded);
        assertEquals(MANY - Forgetting.SLICE + 100, fdb.size(), "one slice less");
        assertEquals(MANY / Forgetting.SLICE - 1, sweeps());
        assertEquals(100, fdb.size());
        for (int i = 0; i < MANY + 100; i++) {
            assertEquals(i < MANY ? Fdb.UNKNOWN : other.slot(), fdb.lookUp(key(i)));
        }
    }

    @Test
    void shouldGiveASlotToNoOtherPortBeforeItsAddressesAreForgotten() {
        fabric.plug(crowded);
        fabric.plug(other);
        learn(crowded, 0, MANY);
        fabric.unplug(crowded);
        Port next = port("next");
        fabric.plug(next);
        assertEquals(2, next.slot(), "not 0, where frames to the one that left would go");
        sweeps();
        Port last = port("last");
        fabric.plug(last);
        assertEquals(0, last.slot());
    }

    @Test
    void shouldGiveEveryPortASlotThoughAddressesAreNotForgottenYet() {
        fabric.plug(crowded);
        for (int i = 0; i < 3; i++) {
            fabric.plug(port("p" + i));
        }
        learn(crowded, 0, MANY);
        fabric.unplug(crowded);
        Port next = port("next");
        assertTrue(fabric.plug(next));
        assertEquals(0, next.slot());
        assertEquals(0, fdb.size(), "so they were");
    }

    @Test
    void shouldTakeTheRoomOfAPortThatLeftBeforeAnybodyElses() {
        Fdb full = new Fdb(MANY);
        for (int i = 0; i < MANY; i++) {
            full.learn(key(i), i < MANY / 2 ? 0 : 1, 0);
        }
        full.vacate(0);
        int left = full.size();
        for (int i = 0; i < MANY / 2; i++) {
            assertTrue(full.learn(key(MANY + i), 1, 0), "address " + i);
        }
        assertEquals(0, full.evicted());
        assertEquals(0, full.refused());
        assertEquals(MANY, full.size());
        assertTrue(left < MANY);
        assertTrue(full.isVacant(0));
    }

    @Test
    void shouldForgetStaticAddressesToo() {
        for (int i = 0; i < MANY; i++) {
            fdb.addStatic(key(i), 1, 0);
        }
        fdb.vacate(1);
        assertFalse(fdb.isVacant(1));
        sweeps();
        assertTrue(fdb.isVacant(1));
        assertEquals(0, fdb.size());
    }

    /** Counts the calls, too. */
    private int calls(Flush flush) {
        int calls = 1;
        while (flush.more()) {
            calls++;
        }
        return calls;
    }

    @Test
    void shouldFlushAPortWithoutLookingAtOthersAddresses() {
        fabric.plug(crowded);
        fabric.plug(other);
        learn(crowded, 0, MANY);
        learn(other, MANY, MANY + 100);
        fdb.addStatic(key(-1), other.slot(), 0);
        Flush some = fdb.flush(other.slot(), Fdb.ANY);
        assertFalse(some.more(), "it is less than a slice");
        assertEquals(100, some.count());
        Flush many = fdb.flush(crowded.slot(), Fdb.ANY);
        assertTrue(many.more());
        assertEquals(Forgetting.SLICE, many.count(), "not all at once");
        assertEquals(MANY / Forgetting.SLICE, calls(many));
        assertEquals(1, fdb.size(), "the static one stays");
    }

    @Test
    void shouldFlushAllThatIsLearnedAndLookAtNothingElse() {
        fabric.plug(crowded);
        fabric.plug(other);
        learn(crowded, 0, 3 * Forgetting.SLICE);
        learn(other, MANY, MANY + 100);
        fdb.addStatic(key(-1), other.slot(), 0);
        Flush all = fdb.flush(Fdb.ANY, Fdb.ANY);
        assertTrue(calls(all) <= 6, "a slice a call, and one that finds nothing");
        assertEquals(3 * Forgetting.SLICE + 100, all.count());
        assertEquals(1, fdb.size());
        assertFalse(fdb.flush(Fdb.ANY, Fdb.ANY).more(), "nothing is left to look at");
    }

    @Test
    void shouldEndAFlushThoughSomebodyLearnsAsFast() {
        fabric.plug(crowded);
        learn(crowded, 0, MANY);
        Flush flush = fdb.flush(Fdb.ANY, Fdb.ANY);
        int next = MANY;
        while (flush.more()) {
            learn(crowded, next, next + Forgetting.SLICE);
            next += Forgetting.SLICE;
            assertTrue(next < 4 * MANY, "it does not end");
        }
    }

    @Test
    void shouldFlushAVlanBitByBit() {
        fabric.plug(crowded);
        learn(crowded, 0, MANY);
        Flush flush = fdb.flush(Fdb.ANY, 2);
        assertTrue(flush.more());
        assertTrue(flush.count() < MANY / 2, "not all at once");
        calls(flush);
        assertEquals(MANY / 2, flush.count());
        assertEquals(MANY / 2, fdb.size());
    }

    @Test
    void shouldForgetWhatWasLearnedInOtherVlansBitByBitAndNothingStatic() {
        fabric.plug(crowded);
        fabric.plug(other);
        learn(crowded, 0, MANY);
        learn(other, MANY, MANY + 10);
        fdb.addStatic(key(-1), crowded.slot(), 0);
        fabric.change(crowded, PortPolicy.NONE.with(Vlans.access(7)));
        assertTrue(fdb.size() > MANY / 2, "not all at once");
        sweeps();
        assertEquals(11, fdb.size());
        assertEquals(crowded.slot(), fdb.lookUp(key(-1)));
    }

    @Test
    void shouldAgeALargeTableBitByBitAndMissNone() {
        fabric.plug(crowded);
        learn(crowded, 0, MANY);
        for (int i = 0; i < MANY; i += 2) {
            fdb.learn(key(i), 0, 50);
        }
        int steps = 1;
        while (fdb.ageSome(60, 60, 1_000)) {
            steps++;
        }
        assertTrue(steps > MANY / 1_000, steps + " steps");
        assertEquals(MANY / 2, fdb.size());
        assertEquals(MANY / 2, fdb.age(110, 60));
    }

    @Test
    void shouldListAPageAtATimeInOrder() {
        learn(fabricPort(), 0, 1_000);
        List<Fdb.Entry> all = List.of(fdb.entries(0));
        assertEquals(1_000, all.size());
        int listed = 0;
        Fdb.Entry[] page = fdb.entries(64, 0);
        while (page.length > 0) {
            for (Fdb.Entry entry : page) {
                assertEquals(all.get(listed++), entry);
            }
            Fdb.Entry last = page[page.length - 1];
            page = fdb.entriesAfter(last.mac(), last.vlan(), 64, 0);
        }
        assertEquals(1_000, listed);
        assertEquals(1, all.get(499).vlan());
        assertEquals(2, all.get(500).vlan());
    }

    private Port fabricPort() {
        fabric.plug(crowded);
        return crowded;
    }
}
