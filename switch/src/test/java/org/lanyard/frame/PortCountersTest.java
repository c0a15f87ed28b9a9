package org.lanyard.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PortCountersTest {
    private final PortCounters counters = new PortCounters();

    @Test
    void shouldCountEachDirectionAndReasonForItself() {
        counters.received(3, 180);
        counters.received(1, 1514);
        counters.sent(5, 300);
        counters.dropped(DropReason.RUNT, 2);
        counters.dropped(DropReason.BACKLOG_FULL, 7);
        assertEquals(4, counters.rxPackets());
        assertEquals(1694, counters.rxBytes());
        assertEquals(5, counters.txPackets());
        assertEquals(300, counters.txBytes());
        for (DropReason reason : DropReason.values()) {
            long expected =
                    switch (reason) {
                        case RUNT -> 2;
                        case BACKLOG_FULL -> 7;
                        default -> 0;
                    };
            assertEquals(expected, counters.drops(reason), reason.key());
        }
        assertEquals(9, counters.drops());
    }

    @Test
    void shouldCountBeyondThirtyTwoBits() {
        counters.sent(1L << 40, 1L << 50);
        counters.sent(1, 1);
        assertEquals((1L << 40) + 1, counters.txPackets());
        assertEquals((1L << 50) + 1, counters.txBytes());
    }

    @Test
    void shouldOnlyRiseForAReaderAndBeExactInTheEnd() throws InterruptedException {
        int rounds = 2_000_000;
        AtomicLong looks = new AtomicLong();
        AtomicLong falls = new AtomicLong();
        Thread reader =
                new Thread(
                        () -> {
                            long last = 0;
                            long lastDrops = 0;
                            do {
                                long packets = counters.rxPackets();
                                long drops = counters.drops(DropReason.RUNT);
                                if (packets < last || drops < lastDrops) {
                                    falls.incrementAndGet();
                                }
                                last = packets;
                                lastDrops = drops;
                                looks.incrementAndGet();
                            } while (last < rounds && !Thread.currentThread().isInterrupted());
                        });
        reader.start();
        for (int i = 0; i < rounds; i++) {
            counters.dropped(DropReason.RUNT, 2);
            counters.received(1, 60);
        }
        reader.join(TimeUnit.SECONDS.toMillis(30));
        boolean saw = !reader.isAlive();
        reader.interrupt();
        assertTrue(saw, "the reader did not see the last count within 30 s");
        assertEquals(0, falls.get(), "falls in " + looks.get() + " looks");
        assertEquals(rounds, counters.rxPackets());
        assertEquals(60L * rounds, counters.rxBytes());
        assertEquals(2L * rounds, counters.drops(DropReason.RUNT));
    }
}
