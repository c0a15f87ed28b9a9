package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.MemoryPort;

/** {@code allow-macs}: who may send at a port, so that no guest can pose as another. */
final class SourceGuardTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long AMY = 0x5254_0000_00aaL;
    private static final long EVE = 0x5254_0000_000eL;

    private final Lan lan = new Lan();
    private final MemoryPort guarded =
            lan.plug("guarded", PortPolicy.NONE.withAllowedMacs(List.of(AMY, ANN)));
    private final MemoryPort free = lan.plug("free");

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static byte[] frame(long source, int mark) {
        return Frames.frame(Frames.BROADCAST, source, 60, mark);
    }

    @Test
    void shouldLetInWhatTheAllowedSend() {
        lan.send(guarded, frame(ANN, 1), frame(AMY, 2), frame(ANN, 3));
        assertEquals(List.of(1, 2, 3), Lan.marks(free));
        assertEquals(0, guarded.counters().drops());
    }

    @Test
    void shouldDropCountAndNotLearnTheOthers() {
        lan.send(guarded, frame(ANN, 1), frame(EVE, 2), frame(EVE, 3), frame(ANN, 4));
        assertEquals(List.of(1, 4), Lan.marks(free));
        assertEquals(2, guarded.counters().drops(DropReason.SOURCE_NOT_ALLOWED));
        assertEquals(2, guarded.counters().drops());
        assertEquals(Fdb.UNKNOWN, lan.fdb().lookUp(Fdb.key(EVE, Forwarder.VLAN)));
    }

    @Test
    void shouldNotTakeAnAddressFromItsPortByAFrameThatIsRefused() {
        lan.send(free, frame(EVE, 1));
        lan.send(guarded, frame(EVE, 2));
        assertEquals(free.slot(), lan.fdb().lookUp(Fdb.key(EVE, Forwarder.VLAN)));
    }

    @Test
    void shouldGuardNobodyElse() {
        lan.send(free, frame(EVE, 1));
        assertEquals(List.of(1), Lan.marks(guarded));
    }
}
