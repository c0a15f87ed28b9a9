package org.lanyard.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamFormatTest {
    private final Random random = new Random(1);
    private final Slab slab = new Slab();
    private final Burst burst = new Burst();
    private final StreamFormat format = new StreamFormat();

    @AfterEach
    void unmap() {
        slab.close();
    }

    private void parse(byte[] stream) {
        slab.bytes().put(0, stream);
        burst.clear();
        format.parse(slab, 0, stream.length, burst);
    }

    private void assertTaken(byte[]... frames) {
        assertSame(List.of(frames), Frames.copy(slab, burst));
    }

    static void assertSame(List<byte[]> expected, List<byte[]> actual) {
        assertEquals(expected.size(), actual.size(), "frames");
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), "frame " + i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61, 1514, 9014, 65_535, StreamFormat.MAX_FRAME})
    void shouldTakeAWholeFrameWhereItLies(int length) {
        byte[] frame = Frames.random(random, length);
        parse(Frames.stream(frame));
        assertTaken(frame);
        assertEquals(StreamFormat.PREFIX, burst.offset(0));
        assertEquals(length, burst.bytes());
        assertEquals(StreamFormat.PREFIX + length, format.next());
        assertFalse(format.unfinished() || format.broken());
        assertEquals(0, format.runts());
    }

    @Test
    void shouldFindNothingInNothing() {
        parse(new byte[0]);
        assertTaken();
        assertEquals(0, format.next());
        assertFalse(format.unfinished() || format.broken());
    }

    @Test
    void shouldLeaveAPartialFrameWhereverItIsCut() {
        byte[] first = Frames.random(random, 60);
        byte[] stream = Frames.stream(first, Frames.random(random, 70));
        for (int cut = 64; cut < stream.length; cut++) {
            slab.bytes().put(0, stream);
            burst.clear();
            format.parse(slab, 0, cut, burst);
            assertTaken(first);
            assertEquals(64, format.next(), "cut at " + cut);
            assertFalse(format.unfinished() || format.broken(), "cut at " + cut);
        }
    }

    @Test
    void shouldTakeManyFramesInTheirOrder() {
        byte[][] frames = new byte[500][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = Frames.random(random, 60 + random.nextInt(400));
        }
        parse(Frames.stream(frames));
        assertTaken(frames);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 13})
    void shouldSkipAndCountRunts(int length) {
        byte[] before = Frames.random(random, 60);
        byte[] runt = Frames.random(random, length);
        byte[] behind = Frames.random(random, 100);
        parse(Frames.stream(before, runt, runt, behind));
        assertTaken(before, behind);
        assertEquals(2, format.runts());
        parse(Frames.stream(behind));
        assertEquals(0, format.runts(), "the next parse starts its own count");
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 42, 59})
    void shouldPadAShortFrameWithZerosToSixty(int length) {
        byte[] frame = Frames.random(random, length);
        parse(Frames.stream(frame));
        assertTaken(Frames.padded(frame));
        assertEquals(60, burst.length(0));
        assertEquals(60, slab.bytes().getInt(burst.offset(0) - StreamFormat.PREFIX));
        assertEquals(60, burst.bytes());
    }

    @Test
    void shouldNotLetStaleScratchBytesOutInThePadding() {
        for (int i = Slab.READ_SIZE; i < slab.bytes().capacity(); i++) {
            slab.bytes().put(i, (byte) 0xee);
        }
        byte[] frame = Frames.random(random, 14);
        parse(Frames.stream(frame, frame));
        assertTaken(Frames.padded(frame), Frames.padded(frame));
    }

    @Test
    void shouldLayPaddedNeighboursOneBehindTheOther() {
        byte[] arp = Frames.random(random, 42);
        parse(Frames.stream(arp, arp));
        assertEquals(burst.offset(0) + 60 + StreamFormat.PREFIX, burst.offset(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {StreamFormat.MAX_FRAME + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -2, -1})
    void shouldCallALengthThatNoFrameHasBroken(int length) {
        byte[] good = Frames.random(random, 60);
        parse(Frames.concat(Frames.stream(good), Frames.prefix(length), new byte[500]));
        assertTrue(format.broken());
        assertFalse(format.unfinished());
        assertTaken(good);
        assertEquals(64, format.next());
        assertFalse(StreamFormat.isPlausible(length));
        parse(Frames.stream(good));
        assertFalse(format.broken(), "the next parse starts anew");
    }

    @Test
    void shouldResumeWithoutLossWhenTheBurstIsFull() {
        byte[] runt = new byte[0];
        byte[] frame = Frames.random(random, 60);
        int room = Slab.READ_SIZE / 64;
        byte[][] frames = new byte[room][];
        java.util.Arrays.fill(frames, frame);
        for (int i = 0; i < 20; i++) {
            frames[7 * i] = runt;
        }
        slab.bytes().put(0, Frames.stream(frames));
        for (int taken = 0; taken < Burst.CAPACITY - 10; taken++) {
            burst.add(0, 0);
        }
        int end = Frames.stream(frames).length;
        format.parse(slab, 0, end, burst);
        assertTrue(format.unfinished() && burst.isFull());
        int first = 10;
        int runts = format.runts();
        int next = format.next();
        burst.clear();
        format.parse(slab, next, end, burst);
        assertFalse(format.unfinished());
        assertEquals(room - 20, first + burst.count());
        assertEquals(20, runts + format.runts());
        assertEquals(end, format.next());
    }

    /** A worker clears a slab only before it fills it: runs may still lie in the scratch. */
    @Test
    void shouldHaveScratchForEveryFrameOfASlabFullOfTheShortest() {
        int count = Slab.READ_SIZE / 18;
        byte[][] frames = new byte[count][];
        for (int i = 0; i < count; i++) {
            frames[i] = Frames.random(random, 14);
        }
        byte[] stream = Frames.stream(frames);
        slab.bytes().put(0, stream);
        int at = 0;
        int seen = 0;
        int parses = 0;
        do {
            burst.clear();
            format.parse(slab, at, stream.length, burst);
            for (byte[] frame : Frames.copy(slab, burst)) {
                assertArrayEquals(Frames.padded(frames[seen]), frame, "frame " + seen);
                seen++;
            }
            at = format.next();
            parses++;
        } while (format.unfinished() && parses < 100);
        assertEquals(count, seen);
        assertEquals(stream.length, at);
    }

    /** Waiting for it would be for ever: scratch is not given back while the slab is parsed. */
    @Test
    void shouldLeaveOutWhatItCannotPadAndGoOnWhenNoScratchIsLeft() {
        while (slab.hasScratch(64)) {
            slab.claimScratch(64);
        }
        byte[] small = Frames.random(random, 14);
        byte[] large = Frames.random(random, 100);
        parse(Frames.stream(small, large, small));
        assertFalse(format.unfinished());
        assertTaken(large);
        assertEquals(2, format.unpadded());
        assertEquals(140, format.next());
        slab.clear();
        format.parse(slab, 0, 18, burst);
        assertTaken(large, Frames.padded(small));
        assertEquals(0, format.unpadded());
    }
}
