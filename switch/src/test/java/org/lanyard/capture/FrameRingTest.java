package org.lanyard.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lanyard.frame.Frames;

@Timeout(120)
class FrameRingTest {
    private static final int SIZE = 4096;

    private final FrameRing ring = new FrameRing(SIZE);
    private final ByteBuffer out = Pcapng.buffer(SIZE);

    @AfterEach
    void close() {
        ring.close();
    }

    private boolean offer(byte[] frame, int mark, int kept) {
        ByteBuffer from = ByteBuffer.allocate(frame.length + 3).put(3, frame);
        return ring.offer(mark, mark % 2 == 1, 1_000L * mark, from, 3, frame.length, kept);
    }

    private void assertNext(byte[] frame, int mark, int kept) {
        assertTrue(ring.hasFrame());
        assertEquals(mark, ring.port());
        assertEquals(mark % 2 == 1, ring.isOutbound());
        assertEquals(1_000L * mark, ring.nanos());
        assertEquals(frame.length, ring.length());
        assertEquals(kept, ring.kept());
        ring.copyTo(out.clear());
        byte[] copy = new byte[out.position()];
        out.get(0, copy);
        assertArrayEquals(Arrays.copyOf(frame, kept), copy);
        ring.remove();
    }

    @Test
    void shouldGiveOutWhatItWasGivenInItsOrder() {
        byte[] frame = Frames.frame(1, 2, 100, 1);
        assertFalse(ring.hasFrame());
        assertTrue(offer(frame, 7, 100));
        assertTrue(offer(frame, 8, 61));
        assertNext(frame, 7, 100);
        assertNext(frame, 8, 61);
        assertFalse(ring.hasFrame());
    }

    @Test
    void shouldRefuseWhatItHasNoRoomForAndKeepTheRest() {
        byte[] frame = Frames.frame(1, 2, 1000, 1); // 1024 bytes a record
        for (int i = 0; i < 4; i++) {
            assertTrue(offer(frame, i, 1000));
        }
        assertFalse(offer(frame, 9, 1000));
        assertFalse(offer(frame, 9, 1));
        assertNext(frame, 0, 1000);
        assertTrue(offer(frame, 4, 1000));
        for (int i = 1; i < 5; i++) {
            assertNext(frame, i, 1000);
        }
        assertFalse(ring.hasFrame());
    }

    /** Lengths of all kinds, against a queue. */
    @Test
    void shouldBehaveAsAQueueWhereverItsEndIs() {
        Random random = new Random(3);
        Deque<byte[]> frames = new ArrayDeque<>();
        Deque<int[]> marks = new ArrayDeque<>();
        int refused = 0;
        for (int i = 0; i < 200_000; i++) {
            if (random.nextInt(100) < 52) {
                byte[] frame = Frames.frame(1, 2, 60 + random.nextInt(1400), i);
                int kept = random.nextInt(4) == 0 ? random.nextInt(60) : frame.length;
                if (offer(frame, i, kept)) {
                    frames.add(frame);
                    marks.add(new int[] {i, kept});
                } else {
                    refused++;
                }
            } else if (!frames.isEmpty()) {
                int[] mark = marks.remove();
                assertNext(frames.remove(), mark[0], mark[1]);
            } else {
                assertFalse(ring.hasFrame());
            }
        }
        assertTrue(refused > 1_000, refused + " refused");
    }

    @RepeatedTest(5)
    void shouldCarryFramesFromOneThreadToAnother() throws Exception {
        int count = 2_000_000;
        AtomicLong refused = new AtomicLong();
        Thread producer =
                new Thread(
                        () -> {
                            ByteBuffer frame = ByteBuffer.allocate(200);
                            for (int i = 0; i < count; i++) {
                                int length = 60 + i % 100;
                                frame.putInt(0, i).putInt(length - 4, i);
                                if (!ring.offer(i & 0xff, false, i, frame, 0, length, length)) {
                                    refused.incrementAndGet();
                                }
                            }
                        });
        producer.start();
        long taken = 0;
        long last = -1;
        boolean over = false;
        while (true) {
            if (!ring.hasFrame()) {
                if (over) {
                    break;
                }
                over = !producer.isAlive(); // and look once more
                continue;
            }
            int i = (int) ring.nanos();
            assertTrue(i > last, "in order");
            last = i;
            ring.copyTo(out.clear());
            assertEquals(60 + i % 100, out.position());
            assertEquals(i, Integer.reverseBytes(out.getInt(0)));
            assertEquals(i, Integer.reverseBytes(out.getInt(out.position() - 4)));
            ring.remove();
            taken++;
        }
        assertEquals(count, taken + refused.get());
    }

    @Test
    void shouldAllocateNothingForAFrame() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] frame = Frames.frame(1, 2, 300, 1);
        ByteBuffer from = ByteBuffer.wrap(frame);
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 2; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100_000; i++) {
                ring.offer(1, false, i, from, 0, 300, 300);
                if (i % 3 == 0 && ring.hasFrame()) {
                    ring.remove();
                }
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertTrue(allocated < 8_192, allocated + " bytes");
    }
}
