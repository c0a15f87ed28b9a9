package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;

/** A TAP that is full: stood in for by a message socket, which holds few frames. */
final class FullTapPortTest extends BackPressureContractTest {
    @Override
    PortRig open(int backlogLimit) {
        return FrameRig.onMessageSockets(pool, backlogLimit, 65_535);
    }

    @Test
    void shouldSayThatItIsGoneWhenTheDescriptorGivesNoMore() {
        rig.send(frame(60, 1));
        rig.push();
        rig.disconnect();
        assertSame(List.of(frame(60, 1)), takeIn());
        assertEquals(KernelPort.GONE, rig.port().fill(slab));
    }

    @Test
    void shouldCountWhatTheKernelRefuses() {
        rig.disconnect();
        transmit(List.of(frame(60, 1), frame(60, 2)));
        assertEquals(2, rig.port().counters().drops(DropReason.WRITE_FAILED));
        assertEquals(2, rig.port().counters().drops());
    }

    @Test
    void shouldCountWhatTheKernelRefusesAfterItWaited() {
        int offered = 0;
        while (!rig.port().waitsForRoom()) {
            transmit(List.of(frame(60, 1), frame(60, 2)));
            offered += 2;
        }
        rig.disconnect();
        rig.port().drain();
        assertEquals(offered, rig.port().counters().txPackets() + rig.port().counters().drops());
        assertEquals(
                rig.port().counters().drops(),
                rig.port().counters().drops(DropReason.WRITE_FAILED));
        assertEquals(0, pool.taken());
    }
}
