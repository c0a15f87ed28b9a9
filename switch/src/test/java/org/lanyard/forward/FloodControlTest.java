package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.MemoryPort;

/** {@code flood}: what leaves by a port though nobody knows that its destination is there. */
final class FloodControlTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final long NOBODY = 0x5254_0000_00ffL;
    private static final long GROUP = 0x0100_5e00_0001L;

    private final Lan lan = new Lan();
    private final MemoryPort a = lan.plug("a");

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static byte[] frame(long destination, int mark) {
        return Frames.frame(destination, ANN, 60, mark);
    }

    private MemoryPort plug(String name, Flooding flooding) {
        return lan.plug(name, PortPolicy.NONE.with(flooding));
    }

    @Test
    void shouldHaveASwitchForEachKind() {
        MemoryPort noUnknown = plug("no-unknown", new Flooding(false, true, true));
        MemoryPort noMulticast = plug("no-multicast", new Flooding(true, false, true));
        MemoryPort noBroadcast = plug("no-broadcast", new Flooding(true, true, false));
        MemoryPort all = lan.plug("all");
        lan.send(a, frame(NOBODY, 1), frame(GROUP, 2), frame(Frames.BROADCAST, 3));
        assertEquals(List.of(2, 3), Lan.marks(noUnknown));
        assertEquals(List.of(1, 3), Lan.marks(noMulticast));
        assertEquals(List.of(1, 2), Lan.marks(noBroadcast));
        assertEquals(List.of(1, 2, 3), Lan.marks(all));
    }

    @Test
    void shouldStillReachAKnownStation() {
        MemoryPort quiet = plug("quiet", new Flooding(false, false, false));
        lan.send(quiet, Frames.frame(Frames.BROADCAST, BEN, 60, 1));
        lan.send(a, frame(BEN, 2));
        assertEquals(List.of(2), Lan.marks(quiet));
    }

    @Test
    void shouldCountAFloodThatNobodyWants() {
        plug("quiet", new Flooding(false, false, false));
        lan.send(a, frame(NOBODY, 1), frame(GROUP, 2), frame(Frames.BROADCAST, 3));
        assertEquals(3, a.counters().drops(DropReason.NO_OTHER_PORT));
        assertEquals(3, a.counters().drops());
    }
}
