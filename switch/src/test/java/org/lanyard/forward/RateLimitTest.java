package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.Limits;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.MemoryPort;

/** {@code limit}: bits per second that come in, and that leave. */
final class RateLimitTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final int SIZE = 1_000;
    private static final int BURST = 80_000;

    /** A thousand frames of a thousand bytes. */
    private static final long RATE = 8_000_000;

    private final Lan lan = new Lan();

    @AfterEach
    void unmap() {
        lan.close();
    }

    private MemoryPort limited(long ingress, long egress) {
        Limits limits = new Limits(ingress, egress, BURST, 0, 0, 0);
        return lan.plug("limited", PortPolicy.NONE.with(limits));
    }

    /** Ten times the rate for ten seconds; how many got through. */
    private int offer(MemoryPort from, MemoryPort to) {
        int got = 0;
        for (int i = 0; i < 10_000; i++) {
            List<byte[]> burst = new ArrayList<>();
            for (int j = 0; j < 10; j++) {
                burst.add(Frames.frame(BEN, ANN, SIZE, j));
            }
            lan.send(from, burst);
            lan.passMillis(1);
            got += to.takeSent().size();
        }
        return got;
    }

    @Test
    void shouldDropAtTheIngressWhatIsTooMuch() {
        MemoryPort limited = limited(RATE, 0);
        MemoryPort other = lan.plug("other");
        int got = offer(limited, other);
        assertEquals(10_000 + BURST / SIZE, got, 2);
        assertEquals(100_000 - got, limited.counters().drops(DropReason.INGRESS_LIMIT));
        assertEquals(100_000 - got, limited.counters().drops());
        assertEquals(0, other.counters().drops());
    }

    @Test
    void shouldDropAtTheEgressWhatIsTooMuch() {
        MemoryPort limited = limited(0, RATE);
        MemoryPort other = lan.plug("other");
        int got = offer(other, limited);
        assertEquals(10_000 + BURST / SIZE, got, 2);
        assertEquals(100_000 - got, limited.counters().drops(DropReason.EGRESS_LIMIT));
        assertEquals(got, limited.counters().txPackets());
        assertEquals(0, other.counters().drops());
    }

    @Test
    void shouldLeaveTheOtherDirectionAlone() {
        MemoryPort limited = limited(RATE, 0);
        MemoryPort other = lan.plug("other");
        assertEquals(100_000, offer(other, limited));
    }

    @Test
    void shouldLetABurstThroughWhole() {
        MemoryPort limited = limited(RATE, 0);
        MemoryPort other = lan.plug("other");
        List<byte[]> burst = new ArrayList<>();
        for (int i = 0; i < BURST / SIZE; i++) {
            burst.add(Frames.frame(BEN, ANN, SIZE, i));
        }
        lan.send(limited, burst);
        assertEquals(BURST / SIZE, other.takeSent().size());
        assertEquals(0, limited.counters().drops());
    }
}
