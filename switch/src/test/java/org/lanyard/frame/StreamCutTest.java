package org.lanyard.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the frames, and wherever the reads cut their stream: they come out as they went in. */
final class StreamCutTest {
    private static final int ROUNDS = 150;

    private final Slab slab = new Slab();
    private final Burst burst = new Burst();
    private final StreamFormat format = new StreamFormat();
    private final List<byte[]> out = new ArrayList<>();
    private int runts;

    /** Reads as a port does: the rest of the last read stands in front of the new bytes. */
    private void read(byte[] stream, Random random) {
        byte[] rest = new byte[0];
        int at = 0;
        while (at < stream.length && !format.broken()) {
            int most = Math.min(stream.length - at, Slab.READ_SIZE - rest.length);
            int count = Math.min(most, cut(random));
            slab.bytes().put(0, rest);
            slab.bytes().put(rest.length, stream, at, count);
            at += count;
            rest = take(rest.length + count);
        }
        assertEquals(0, format.broken() ? 0 : rest.length, "bytes left over");
    }

    private static int cut(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(8);
            case 1 -> 1 + random.nextInt(200);
            case 2 -> 1 + random.nextInt(20_000);
            default -> Slab.READ_SIZE;
        };
    }

    private byte[] take(int end) {
        int at = 0;
        do {
            burst.clear();
            format.parse(slab, at, end, burst);
            runts += format.runts();
            out.addAll(Frames.copy(slab, burst));
            at = format.next();
            slab.clear();
        } while (format.unfinished());
        byte[] rest = new byte[end - at];
        slab.bytes().get(at, rest);
        return rest;
    }

    private static int length(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(StreamFormat.MIN_HEADER);
            case 1 -> StreamFormat.MIN_HEADER + random.nextInt(46);
            case 2 -> StreamFormat.MAX_FRAME - random.nextInt(3);
            default -> StreamFormat.MIN_FRAME + random.nextInt(1500);
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldComeOutIdenticalWhereverTheReadsCut(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<byte[]> in = new ArrayList<>();
            List<byte[]> expected = new ArrayList<>();
            for (int i = random.nextInt(60); i >= 0; i--) {
                byte[] frame = Frames.random(random, length(random));
                in.add(frame);
                if (frame.length >= StreamFormat.MIN_HEADER) {
                    expected.add(Frames.padded(frame));
                }
            }
            out.clear();
            runts = 0;
            read(Frames.stream(in), random);
            StreamFormatTest.assertSame(expected, out);
            assertEquals(in.size() - expected.size(), runts, "round " + round);
        }
        slab.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7})
    void shouldTakeAllThatStandsBeforeABrokenLength(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<byte[]> in = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                in.add(Frames.random(random, 60 + random.nextInt(3000)));
            }
            int lie = StreamFormat.MAX_FRAME + 1 + random.nextInt(1 << 30);
            byte[] tail = Frames.concat(Frames.prefix(random.nextBoolean() ? lie : -lie));
            out.clear();
            read(Frames.concat(Frames.stream(in), tail, Frames.random(random, 3000)), random);
            assertTrue(format.broken(), "round " + round);
            StreamFormatTest.assertSame(in, out);
            format.parse(slab, 0, 0, burst);
            assertFalse(format.broken());
        }
        slab.close();
    }
}
