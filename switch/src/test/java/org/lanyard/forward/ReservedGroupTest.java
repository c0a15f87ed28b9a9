package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.MemoryPort;

/** 01-80-C2-00-00-00 to -0F end at a bridge (IEEE 802.1Q-2022, 8.6.3), unless ports let them by. */
final class ReservedGroupTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final PortPolicy TRANSPARENT = PortPolicy.NONE.withTransparent(true);

    private final Lan lan = new Lan();

    @AfterEach
    void unmap() {
        lan.close();
    }

    private static byte[] frame(long destination, int mark) {
        return Frames.frame(destination, ANN, 60, mark);
    }

    /** Spanning tree, LACP, 802.1X, LLDP, the last. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                0x0180_c200_0000L,
                0x0180_c200_0002L,
                0x0180_c200_0003L,
                0x0180_c200_000eL,
                0x0180_c200_000fL
            })
    void shouldPassOnlyFromTransparentToTransparentPorts(long group) {
        MemoryPort plain = lan.plug("plain");
        MemoryPort other = lan.plug("other");
        lan.send(plain, frame(group, 1), frame(Frames.BROADCAST, 2), frame(group, 3));
        assertEquals(List.of(2), Lan.marks(other));
        assertEquals(2, plain.counters().drops(DropReason.RESERVED_GROUP));

        MemoryPort one = lan.plug("one", TRANSPARENT);
        MemoryPort two = lan.plug("two", TRANSPARENT);
        lan.send(plain, frame(group, 4));
        lan.send(one, frame(group, 5));
        assertEquals(List.of(5), Lan.marks(two));
        assertEquals(List.of(), Lan.marks(other));
        assertEquals(List.of(), Lan.marks(one));
        assertEquals(3, plain.counters().drops(DropReason.RESERVED_GROUP));
        assertEquals(0, one.counters().drops());
    }

    @ParameterizedTest
    @ValueSource(longs = {0x0180_c1ff_ffffL, 0x0180_c200_0010L, 0x0180_c200_0100L})
    void shouldForwardTheirNeighbours(long group) {
        MemoryPort plain = lan.plug("plain");
        MemoryPort other = lan.plug("other");
        lan.send(plain, frame(group, 1));
        assertEquals(List.of(1), Lan.marks(other));
    }

    @Test
    void shouldNotRememberTheLastAnswerForOneThatIsReserved() {
        MemoryPort plain = lan.plug("plain");
        MemoryPort other = lan.plug("other");
        lan.send(
                plain,
                frame(0x0180_c200_0002L, 1),
                frame(0x0180_c200_0002L, 2),
                frame(Frames.BROADCAST, 3));
        assertEquals(List.of(3), Lan.marks(other));
        assertEquals(2, plain.counters().drops(DropReason.RESERVED_GROUP));
    }
}
