package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.Limits;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.MemoryPort;

/** {@code storm}: how many frames per second a port may let others have that asked for none. */
final class StormTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final long NOBODY = 0x5254_0000_00ffL;
    private static final long GROUP = 0x0100_5e00_0001L;
    private static final int SECONDS = 10;

    private final Lan lan = new Lan();
    private final MemoryPort b = lan.plug("b");

    @AfterEach
    void unmap() {
        lan.close();
    }

    private MemoryPort stormy(int broadcast, int multicast, int unknown) {
        Limits limits = new Limits(0, 0, Limits.DEFAULT_BURST, broadcast, multicast, unknown);
        return lan.plug("stormy", PortPolicy.NONE.with(limits));
    }

    /** A thousand frames a second of one kind; how many got through. */
    private int storm(MemoryPort from, long destination) {
        int got = 0;
        for (int i = 0; i < SECONDS * 1_000; i++) {
            lan.send(from, Frames.frame(destination, ANN, 60, i));
            lan.passMillis(1);
            got += b.takeSent().size();
        }
        return got;
    }

    @Test
    void shouldLimitEachKindByItself() {
        MemoryPort stormy = stormy(100, 200, 300);
        int broadcasts = storm(stormy, Frames.BROADCAST);
        int multicasts = storm(stormy, GROUP);
        int unknowns = storm(stormy, NOBODY);
        assertEquals(100 * SECONDS, broadcasts, 30);
        assertEquals(200 * SECONDS, multicasts, 60);
        assertEquals(300 * SECONDS, unknowns, 90);
        long dropped = 3L * SECONDS * 1_000 - broadcasts - multicasts - unknowns;
        assertEquals(dropped, stormy.counters().drops(DropReason.STORM));
        assertEquals(dropped, stormy.counters().drops());
    }

    @Test
    void shouldNotHoldBackWhatIsForSomebody() {
        MemoryPort stormy = stormy(1, 1, 1);
        lan.send(b, Frames.frame(Frames.BROADCAST, BEN, 60, 0));
        assertEquals(SECONDS * 1_000, storm(stormy, BEN));
    }

    @Test
    void shouldLimitNothingThatIsNotNamed() {
        MemoryPort stormy = stormy(5, 0, 0);
        assertEquals(SECONDS * 1_000, storm(stormy, NOBODY));
        assertEquals(SECONDS * 1_000, storm(stormy, GROUP));
    }

    @Test
    void shouldLimitOnlyThePortThatSaysSo() {
        MemoryPort stormy = stormy(1, 1, 1);
        for (int i = 0; i < 1_000; i++) {
            lan.send(b, Frames.frame(Frames.BROADCAST, BEN, 60, i));
        }
        assertEquals(1_000, stormy.takeSent().size());
    }

    /** Two ports joined outside: what is flooded comes back, and would go round for ever. */
    @Test
    void shouldStarveALoop() {
        Limits limits = new Limits(0, 0, Limits.DEFAULT_BURST, 100, 100, 100);
        MemoryPort one = lan.plug("one", PortPolicy.NONE.with(limits));
        MemoryPort two = lan.plug("two", PortPolicy.NONE.with(limits));
        lan.send(b, Frames.frame(Frames.BROADCAST, ANN, 60, 1));
        int sent = 0;
        for (int i = 0; i < 10_000; i++) {
            for (byte[] frame : one.takeSent()) {
                lan.send(two, frame);
                sent++;
            }
            for (byte[] frame : two.takeSent()) {
                lan.send(one, frame);
                sent++;
            }
        }
        assertTrue(sent < 100, sent + " frames went round, with no time passing");
        assertTrue(b.takeSent().size() < 100);
    }
}
