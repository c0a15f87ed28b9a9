package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.WireEffect;
import org.lanyard.policy.Impairment;

/**
 * {@code impair}: what an impaired wire does to the frames that pass it, on the test's own time.
 */
final class WireTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final int QUEUE = 1 << 20;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    /** A clock that wraps around in the middle of a test is a clock all the same. */
    private long now = Long.MAX_VALUE - 5 * MILLI + 137;

    private final Slab out = new Slab();
    private final ChunkPool pool = new ChunkPool(64 << 20);
    private final PortCounters counters = new PortCounters();
    private Wire wire;

    /** Marks in the order in which they came out, and when. */
    private final List<Integer> marks = new ArrayList<>();

    private final List<Long> times = new ArrayList<>();
    private final List<byte[]> frames = new ArrayList<>();

    @AfterEach
    void cut() {
        wire.cut();
        assertEquals(0, pool.taken(), "all memory is given back");
        pool.close();
        out.close();
    }

    private void lay(Impairment impairment) {
        wire = new Wire(impairment, true, "web/1", counters, pool);
    }

    private static Impairment impaired(
            double loss, double duplicate, double corrupt, double reorder, long seed) {
        return new Impairment(loss, duplicate, corrupt, reorder, 0, 0, 0, QUEUE, seed);
    }

    private static Impairment delayed(long delay, long jitter) {
        return new Impairment(0, 0, 0, 0, delay, jitter, 0, QUEUE, 1);
    }

    private static Impairment rated(long rate, int queue) {
        return new Impairment(0, 0, 0, 0, 0, 0, rate, queue, 1);
    }

    private void send(int mark, int length) {
        send(Frames.frame(BEN, ANN, length, mark));
    }

    private void send(byte[] frame) {
        byte[] bytes = Frames.stream(frame);
        if (wire.carries(ByteBuffer.wrap(bytes), 0, now)) {
            note(frame);
        }
    }

    private void note(byte[] frame) {
        frames.add(frame);
        marks.add(Frames.mark(frame));
        times.add(now);
    }

    private void take() {
        int end = wire.release(out, now);
        for (int at = 0; at < end; ) {
            byte[] frame = new byte[out.bytes().getInt(at)];
            out.bytes().get(at + 4, frame);
            note(frame);
            at += 4 + frame.length;
        }
    }

    /** Time passes from one due frame to the next, until none is under way. */
    private void takeAll() {
        for (int i = 0; wire.due() != Wire.NEVER; i++) {
            assertTrue(i < 1_000_000, "it never ends");
            now = wire.due() - now > 0 ? wire.due() : now;
            take();
        }
    }

    private void pass(long nanos) {
        now += nanos;
        take();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void shouldCarryAllAtOnceWhereItDoesNothing() {
        lay(Impairment.NONE);
        for (int i = 0; i < 100; i++) {
            send(i, 60 + i);
        }
        assertEquals(numbers(100), marks);
        assertEquals(Wire.NEVER, wire.due());
        assertTrue(wire.isIdle());
        assertEquals(0, pool.taken(), "nothing was copied");
    }

    private List<Integer> survivors(Impairment impairment, int count) {
        marks.clear();
        lay(impairment);
        for (int i = 0; i < count; i++) {
            send(i, 60);
        }
        takeAll();
        return List.copyOf(marks);
    }

    @Test
    void shouldLoseItsShareAndTheSameFramesForTheSameSeed() {
        List<Integer> once = survivors(impaired(0.1, 0, 0, 0, 42), 10_000);
        assertEquals(9_000, once.size(), 100);
        assertEquals(10_000 - once.size(), counters.drops(DropReason.WIRE_LOST));
        assertEquals(counters.drops(), counters.rxPackets(), "what was lost was received");
        assertEquals(once, survivors(impaired(0.1, 0, 0, 0, 42), 10_000));
        assertNotEquals(once, survivors(impaired(0.1, 0, 0, 0, 43), 10_000));
    }

    @Test
    void shouldLoseOtherFramesOnOtherWires() {
        List<Integer> here = survivors(impaired(0.1, 0, 0, 0, 42), 1_000);
        assertNotEquals(here, survivorsOn("web/1", false), "the other way");
        assertNotEquals(here, survivorsOn("web/2", true), "of another guest");
        assertEquals(here, survivorsOn("web/1", true));
    }

    private List<Integer> survivorsOn(String port, boolean inbound) {
        marks.clear();
        wire = new Wire(impaired(0.1, 0, 0, 0, 42), inbound, port, counters, pool);
        for (int i = 0; i < 1_000; i++) {
            send(i, 60);
        }
        return List.copyOf(marks);
    }

    @Test
    void shouldLoseTheSameFramesWhateverElseItDoes() {
        List<Integer> alone = survivors(impaired(0.1, 0, 0, 0, 42), 2_000);
        Impairment all = new Impairment(0.1, 0.2, 0, 0.2, MILLI, MILLI, 1_000_000_000, QUEUE, 42);
        assertTrue(new HashSet<>(alone).equals(new HashSet<>(survivors(all, 2_000))));
    }

    @Test
    void shouldLoseAllOfThem() {
        assertEquals(List.of(), survivors(impaired(1, 0, 0, 0, 1), 1_000));
        assertEquals(1_000, counters.drops(DropReason.WIRE_LOST));
    }

    @Test
    void shouldDelayEachFrameBySoMuchAndNotOneNanosecondLess() {
        lay(delayed(20 * MILLI, 0));
        send(1, 60);
        pass(MILLI);
        send(2, 1514);
        assertEquals(now + 19 * MILLI, wire.due());
        pass(19 * MILLI - 1);
        assertEquals(List.of(), marks);
        pass(1);
        assertEquals(List.of(1), marks);
        pass(MILLI - 1);
        assertEquals(List.of(1), marks);
        pass(1);
        assertEquals(List.of(1, 2), marks);
    }

    @Test
    void shouldVaryTheDelayAndKeepTheOrder() {
        lay(delayed(20 * MILLI, 5 * MILLI));
        List<Long> sent = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            sent.add(now);
            send(i, 60);
            long next = now + 20 * MILLI; // so far apart that none waits for the one before
            while (wire.due() != Wire.NEVER) {
                now = wire.due();
                take();
            }
            now = next;
        }
        assertEquals(numbers(1_000), marks);
        long shortest = Long.MAX_VALUE;
        long longest = 0;
        long sum = 0;
        for (int i = 0; i < 1_000; i++) {
            long took = times.get(i) - sent.get(i);
            shortest = Math.min(shortest, took);
            longest = Math.max(longest, took);
            sum += took;
        }
        assertTrue(shortest >= 15 * MILLI && shortest < 15.1 * MILLI, "shortest " + shortest);
        assertTrue(longest <= 25 * MILLI && longest > 24.9 * MILLI, "longest " + longest);
        assertEquals(20 * MILLI, sum / 1_000.0, 0.3 * MILLI);
    }

    @Test
    void shouldKeepTheOrderOfFramesThatComeTogether() {
        lay(delayed(20 * MILLI, 20 * MILLI));
        for (int i = 0; i < 1_000; i++) {
            send(i, 60);
            pass(MILLI / 100);
        }
        takeAll();
        assertEquals(numbers(1_000), marks);
    }

    @Test
    void shouldDeliverAShareTwice() {
        lay(impaired(0, 0.25, 0, 0, 7));
        for (int i = 0; i < 4_000; i++) {
            send(i, 60);
            take();
        }
        long twice = counters.effects(WireEffect.DUPLICATED);
        assertEquals(1_000, twice, 80);
        assertEquals(4_000 + twice, marks.size());
        assertEquals(marks.stream().sorted().toList(), marks, "the second behind the first");
        assertEquals(numbers(4_000), marks.stream().distinct().toList());
    }

    @Test
    void shouldTurnOneBitOfAShare() {
        lay(impaired(0, 0, 0.5, 0, 7));
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            byte[] frame = Frames.frame(BEN, ANN, 60 + i % 200, i);
            sent.add(frame.clone());
            send(frame);
            take();
        }
        int corrupted = 0;
        HashSet<Integer> places = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            int bits = 0;
            for (int j = 0; j < sent.get(i).length; j++) {
                int turned = Integer.bitCount((sent.get(i)[j] ^ frames.get(i)[j]) & 0xff);
                bits += turned;
                if (turned > 0) {
                    places.add(j);
                }
            }
            assertTrue(bits <= 1, "frame " + i + " has " + bits + " bits turned");
            corrupted += bits;
        }
        assertEquals(counters.effects(WireEffect.CORRUPTED), corrupted);
        assertEquals(1_000, corrupted, 70);
        assertTrue(places.size() > 150, "only at " + places.size() + " places");
    }

    @Test
    void shouldLetAShareSkipTheWire() {
        lay(new Impairment(0, 0, 0, 0.2, 10 * MILLI, 0, 0, QUEUE, 3));
        for (int i = 0; i < 1_000; i++) {
            send(i, 60);
        }
        List<Integer> early = List.copyOf(marks);
        assertEquals(200, early.size(), 40);
        assertEquals(early.size(), counters.effects(WireEffect.REORDERED));
        takeAll();
        assertEquals(1_000, marks.size());
        List<Integer> late = marks.subList(early.size(), 1_000);
        assertEquals(late.stream().sorted().toList(), late, "the others in order");
    }

    @Test
    void shouldPassNoMoreThanItsRate() {
        lay(rated(10_000_000, QUEUE)); // 1,250 bytes each millisecond
        long start = now;
        for (int i = 0; i < 500; i++) {
            send(i, 1_250);
        }
        takeAll();
        assertEquals(numbers(500), marks);
        for (int i = 0; i < 500; i++) {
            assertEquals((i + 1) * MILLI, times.get(i) - start);
        }
        now += 100 * MILLI; // what was not used is not saved up
        long again = now;
        send(500, 1_250);
        takeAll();
        assertEquals(MILLI, times.get(500) - again);
    }

    @Test
    void shouldAddTheDelayToTheTimeOnTheLine() {
        lay(new Impairment(0, 0, 0, 0, 7 * MILLI, 0, 10_000_000, QUEUE, 1));
        long start = now;
        send(0, 1_250);
        send(1, 1_250);
        takeAll();
        assertEquals(8 * MILLI, times.get(0) - start);
        assertEquals(9 * MILLI, times.get(1) - start);
    }

    @Test
    void shouldLoseAndCountWhatItsQueueDoesNotHold() {
        lay(rated(8_000, 100_000));
        for (int i = 0; i < 200; i++) {
            send(i, 1_000);
        }
        long dropped = counters.drops(DropReason.WIRE_FULL);
        assertEquals(200 - 100_000 / 1_012, dropped);
        takeAll();
        assertEquals(numbers(200 - (int) dropped), marks);
        assertEquals(dropped, counters.rxPackets());
    }

    @Test
    void shouldCarryTheLongestFrames() {
        lay(delayed(MILLI, 0));
        for (int i = 0; i < 10; i++) {
            send(i, 69_632);
        }
        takeAll();
        assertEquals(numbers(10), marks);
        for (int i = 0; i < 10; i++) {
            assertArrayEquals(Frames.frame(BEN, ANN, 69_632, i), frames.get(i));
        }
    }

    @Test
    void shouldChangeWithWhatIsUnderWayOnIt() {
        lay(delayed(20 * MILLI, 0));
        send(0, 60);
        wire.change(delayed(5 * MILLI, 0));
        send(1, 60);
        wire.change(Impairment.NONE);
        send(2, 60);
        assertTrue(!wire.isIdle(), "frames are under way");
        pass(20 * MILLI - 1);
        assertEquals(List.of(), marks, "none overtakes another");
        pass(1);
        assertEquals(numbers(3), marks);
        assertTrue(wire.isIdle());
        send(3, 60);
        assertEquals(numbers(4), marks);
    }

    @Test
    void shouldCountWhatIsCut() {
        lay(delayed(MILLI, 0));
        send(0, 60);
        send(1, 60);
        wire.cut();
        assertEquals(2, counters.drops(DropReason.PORT_CLOSED));
        assertEquals(Wire.NEVER, wire.due());
    }

    /** Whatever it does: none early, none made up, none without a count, none before another. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldAccountForEachFrame(long seed) {
        Random random = new Random(seed);
        Impairment any = anything(random);
        lay(any);
        int sent = 0;
        for (int step = 0; step < 3_000; step++) {
            if (random.nextInt(300) == 0) {
                wire.change(anything(random));
            }
            for (int i = random.nextInt(20); i > 0; i--) {
                send(sent++, 60 + random.nextInt(1455));
            }
            pass(random.nextInt(3_000_000));
        }
        takeAll();
        long lost = counters.drops();
        assertEquals(
                sent + counters.effects(WireEffect.DUPLICATED), marks.size() + lost, any::toString);
        assertTrue(lost > 0 && marks.size() > 0, "nothing happened: " + any);
    }

    private static Impairment anything(Random random) {
        long delay = random.nextInt(10_000_000);
        return new Impairment(
                0.05,
                random.nextInt(3) * 0.1,
                random.nextInt(3) * 0.1,
                random.nextInt(3) * 0.1,
                delay,
                delay / (1 + random.nextInt(4)),
                random.nextBoolean() ? 0 : 20_000_000,
                72 << 10,
                random.nextInt(1_000));
    }

    @Test
    void shouldNotChangeTheFramesOfTheOthers() {
        lay(impaired(0, 1, 1, 0, 7));
        byte[] frame = Frames.frame(BEN, ANN, 1514, 5);
        byte[] slab = Frames.stream(frame);
        wire.carries(ByteBuffer.wrap(slab), 0, now);
        assertArrayEquals(frame, Arrays.copyOfRange(slab, 4, slab.length));
        takeAll();
        assertEquals(2, frames.size());
    }
}
