package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Some threads change the FDB while others look up. Each key has slots of its own, so an answer
 * tells whose it is: a frame must never go to a port behind which its destination never was.
 */
@Tag("slow")
final class FdbThreadsTest {
    private static final int SLOTS_PER_KEY = 4;
    private static final long MILLIS = 2_000;

    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong hits = new AtomicLong();
    private volatile boolean over;

    private static long key(int i) {
        return Fdb.key(0x5254_0000_0000L + i, 1);
    }

    private void write(Fdb fdb, int keys, long seed) {
        Random random = new Random(seed);
        int now = 0;
        while (!over) {
            int i = random.nextInt(keys);
            int slot = SLOTS_PER_KEY * i + random.nextInt(SLOTS_PER_KEY);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> fdb.flush(slot);
                case 3 -> fdb.age(now++, 3);
                default -> fdb.learn(key(i), slot, now);
            }
        }
    }

    private void read(Fdb fdb, int keys, long seed) {
        Random random = new Random(seed);
        long found = 0;
        while (!over) {
            int i = random.nextInt(keys);
            int slot = fdb.lookUp(key(i));
            if (slot != Fdb.UNKNOWN) {
                found++;
                if (slot / SLOTS_PER_KEY != i) {
                    wrong.incrementAndGet();
                }
            }
        }
        hits.addAndGet(found);
    }

    /** The smaller the table, the more often one takes the place that another just left. */
    @ParameterizedTest
    @CsvSource({"1, 4", "2, 64", "64, 64"})
    void shouldNeverAnswerWithAnotherAddressesPort(int capacity, int keys)
            throws InterruptedException {
        Fdb fdb = new Fdb(capacity);
        AtomicLong faults = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            long seed = i;
            threads.add(new Thread(() -> write(fdb, keys, seed), "writer-" + i));
            threads.add(new Thread(() -> read(fdb, keys, 10 + seed), "reader-" + i));
        }
        for (Thread thread : threads) {
            thread.setUncaughtExceptionHandler((t, e) -> faults.incrementAndGet());
            thread.start();
        }
        threads.get(0).join(MILLIS);
        over = true;
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(10));
            assertFalse(thread.isAlive(), thread.getName() + " did not end");
        }
        assertEquals(0, faults.get(), "threads that died");
        assertEquals(0, wrong.get(), "wrong answers in " + hits.get());
        assertTrue(hits.get() > 1000, hits.get() + " answers");
        assertEquals(fdb.size(), fdb.entries(0).length);
    }
}
