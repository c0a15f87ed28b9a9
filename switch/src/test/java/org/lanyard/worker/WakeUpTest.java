package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.frame.Frames;

/** A worker sleeps when there is nothing to do, and always wakes when there is. */
@Tag("slow")
final class WakeUpTest {
    private static final int THREADS = 4;
    private static final int COMMANDS = 25_000;

    /** In one second: a worker that spins would use all of it. */
    private static final long IDLE_CPU_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    @TempDir private Path directory;
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory, 64);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void shouldDoEachOfAHundredThousandCommandsFromSeveralThreads() throws InterruptedException {
        AtomicLong done = new AtomicLong();
        AtomicInteger late = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            threads.add(new Thread(() -> command(done, late), "commander-" + t));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
            assertFalse(thread.isAlive(), thread.getName() + " did not end");
        }
        assertEquals(0, late.get(), "commands that nobody woke the worker for");
        assertEquals((long) THREADS * COMMANDS, done.get());
    }

    /** After runs of random length it waits, so that the worker falls asleep in between. */
    private void command(AtomicLong done, AtomicInteger late) {
        AtomicInteger mine = new AtomicInteger();
        for (int i = 1; i <= COMMANDS && late.get() == 0; i++) {
            bench.worker()
                    .command(
                            () -> {
                                done.incrementAndGet();
                                mine.incrementAndGet();
                            });
            if (i % 7 == 0 || i == COMMANDS) {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
                while (mine.get() < i && late.get() == 0) {
                    if (System.nanoTime() - deadline > 0) {
                        late.incrementAndGet();
                    }
                    Thread.onSpinWait();
                }
            }
        }
    }

    /** By the kernel's word, proc_pid_stat(5): SCHED_BATCH does not preempt who wakes it. */
    @Test
    void shouldLeaveTheCoreToWhoeverWakesIt() throws Exception {
        CompletableFuture<String> stat = new CompletableFuture<>();
        bench.worker()
                .command(
                        () -> {
                            try {
                                stat.complete(Files.readString(Path.of("/proc/thread-self/stat")));
                            } catch (IOException e) {
                                stat.completeExceptionally(e);
                            }
                        });
        String line = stat.get(20, TimeUnit.SECONDS);
        String[] fromTheThird = line.substring(line.lastIndexOf(')') + 2).split(" ");
        assertEquals("3", fromTheThird[41 - 3], line);
    }

    private static long cpuNanosOfTheWorker() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (long id : threads.getAllThreadIds()) {
            var info = threads.getThreadInfo(id);
            if (info != null && info.getThreadName().equals("lanyard-data-0")) {
                sum += threads.getThreadCpuTime(id);
            }
        }
        assertTrue(sum > 0, "no such thread");
        return sum;
    }

    private void assertSleeps() {
        long before = cpuNanosOfTheWorker();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        long used = cpuNanosOfTheWorker() - before;
        assertTrue(used < IDLE_CPU_NANOS, used / 1_000_000 + " ms of processor in an idle second");
    }

    @Test
    void shouldSleepWhenNothingHappens() throws Exception {
        bench.plug("ann");
        bench.plug("ben");
        assertSleeps();
    }

    @Test
    void shouldSleepWhileAGuestDoesNotReadOrOwesHalfAFrame() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        Bench.Guest deaf = bench.plug("deaf");
        byte[] frame = Frames.frame(Frames.BROADCAST, 0x5254_0000_000aL, 9000, 1);
        while (deaf.port().counters().drops() == 0) {
            ann.wire().send(frame);
        }
        ann.wire().sendRaw(java.util.Arrays.copyOf(Frames.stream(frame), 100));
        Bench.await("half a frame", ann.port()::hasHalfFrame);
        assertSleeps();
    }

    @Test
    void shouldSleepAgainOnceAGuestForWhichFramesWaitedHasReadThem() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        Bench.Guest slow = bench.plug("slow");
        byte[] frame = Frames.frame(Frames.BROADCAST, 0x5254_0000_000aL, 9000, 1);
        // More than its socket takes, and less than its backlog besides.
        int frames = 80;
        for (int i = 0; i < frames; i++) {
            ann.wire().send(frame);
        }
        Bench.await("all frames in", () -> ann.port().counters().rxPackets() == frames);
        Bench.await("some that wait", slow.port()::waitsForRoom);
        for (int i = 0; i < frames; i++) {
            assertEquals(9000, slow.wire().receive().length);
        }
        assertEquals(0, slow.port().counters().drops());
        assertSleeps();
    }
}
