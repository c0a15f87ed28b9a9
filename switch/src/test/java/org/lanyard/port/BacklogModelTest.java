package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.StreamPair;

/** Thousands of steps of any kind, beside a queue of frames that does the same the simple way. */
@Tag("slow")
final class BacklogModelTest {
    private static final int CHUNK = ChunkPool.CHUNK_SIZE;
    private static final int STEPS = 1_500;

    @TempDir private Path directory;

    private final Slab slab = new Slab();
    private final Region seen = Region.allocate(4 << 20);
    private final IoVec pieces = new IoVec(64);
    private final PortCounters counters = new PortCounters();

    /** What waits, as bytes; the first may be the rest of a frame. */
    private final Deque<byte[]> model = new ArrayDeque<>();

    private int wholeLength;
    private long sent;
    private long sentBytes;
    private long dropped;

    private int bytes() {
        return model.stream().mapToInt(b -> b.length).sum();
    }

    private static byte[] frame(Random random, int mark) {
        int length =
                switch (random.nextInt(5)) {
                    case 0 -> StreamFormat.MAX_FRAME - random.nextInt(100);
                    case 1 -> CHUNK / 2 - 50 + random.nextInt(100);
                    default -> 60 + random.nextInt(3000);
                };
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) mark);
        return Frames.stream(content);
    }

    private void add(Backlog backlog, List<byte[]> frames, int limit, boolean ample) {
        byte[] stream = Frames.concat(frames.toArray(byte[][]::new));
        slab.bytes().put(0, stream);
        long before = counters.drops(DropReason.BACKLOG_FULL);
        backlog.add(slab.bytes(), 0, stream.length);
        int taken = frames.size() - (int) (counters.drops(DropReason.BACKLOG_FULL) - before);
        dropped += frames.size() - taken;
        for (byte[] frame : frames.subList(0, taken)) {
            model.add(frame);
        }
        if (taken < frames.size() && ample) {
            int wanted = bytes() + frames.get(taken).length;
            assertTrue(wanted > limit, "dropped although " + wanted + " bytes were allowed");
        }
    }

    private void addRest(Backlog backlog, byte[] frame, int from) {
        slab.bytes().put(0, frame);
        wholeLength = frame.length - StreamFormat.PREFIX;
        backlog.addRest(slab.bytes(), from, frame.length, wholeLength);
        model.add(Arrays.copyOfRange(frame, from, frame.length));
    }

    private void send(Backlog backlog, int most) {
        pieces.clear();
        backlog.fill(pieces);
        int count = Math.min(most, (int) pieces.total());
        backlog.sent(count);
        int left = count;
        while (left > 0) {
            byte[] head = model.remove();
            int whole = wholeLength > 0 ? wholeLength : head.length - StreamFormat.PREFIX;
            if (left < head.length) {
                model.addFirst(Arrays.copyOfRange(head, left, head.length));
                wholeLength = whole;
                return;
            }
            left -= head.length;
            wholeLength = 0;
            sent++;
            sentBytes += whole;
        }
    }

    /** What a writev would send now, read back from a socket, is what the model has. */
    private void assertContents(Backlog backlog, StreamPair pair) {
        pieces.clear();
        backlog.fill(pieces);
        if (pieces.count() == 0) {
            return;
        }
        int written = (int) pieces.writeTo(pair.client().fd());
        int got = 0;
        while (got < written) {
            int count =
                    (int) LibC.read(pair.server().fd(), seen.address() + got, seen.size() - got);
            assertTrue(count > 0, "a unix socket gives what was written to it");
            got += count;
        }
        byte[] actual = new byte[got];
        seen.bytes().get(0, actual);
        byte[] all = Frames.concat(model.toArray(byte[][]::new));
        assertArrayEquals(Arrays.copyOf(all, got), actual);
    }

    /** Limits in chunks; a pool of 0 gives only what is guaranteed. */
    @ParameterizedTest
    @CsvSource({"1, 1, 100", "2, 2, 100", "3, 7, 100", "4, 7, 3", "5, 3, 0"})
    void shouldDoWhatAQueueOfFramesDoes(long seed, int limitChunks, int poolChunks)
            throws Exception {
        Random random = new Random(seed);
        int limit = limitChunks * CHUNK;
        ChunkPool pool = new ChunkPool((long) poolChunks * CHUNK);
        Backlog backlog = new Backlog(pool, counters, limit);
        boolean ample = poolChunks == 100;
        int mark = 0;
        try (StreamPair pair = StreamPair.open(new Endpoint.Unix(directory.resolve("s")))) {
            for (int step = 0; step < STEPS; step++) {
                int choice = random.nextInt(100);
                if (choice < 50) {
                    List<byte[]> frames = new ArrayList<>();
                    int room = Slab.READ_SIZE;
                    for (int i = random.nextInt(20); i >= 0; i--) {
                        byte[] frame = frame(random, mark++);
                        room -= frame.length;
                        if (room > 0) {
                            frames.add(frame);
                        }
                    }
                    add(backlog, frames, limit, ample);
                } else if (choice < 60 && model.isEmpty()) {
                    byte[] frame = frame(random, mark++);
                    addRest(backlog, frame, 1 + random.nextInt(frame.length - 1));
                } else if (choice < 96) {
                    send(backlog, 1 + random.nextInt(2 * CHUNK));
                } else if (choice < 98 && wholeLength == 0 && !model.isEmpty()) {
                    backlog.removeHead();
                    model.remove();
                } else if (choice == 99) {
                    backlog.clear();
                    dropped += model.size();
                    model.clear();
                    wholeLength = 0;
                }
                assertEquals(bytes(), backlog.bytes(), "step " + step);
                assertEquals(model.isEmpty(), backlog.isEmpty());
                assertTrue(backlog.bytes() <= limit, "bounded");
                if (step % 7 == 0) {
                    assertContents(backlog, pair);
                }
            }
        }
        assertEquals(sent, counters.txPackets());
        assertEquals(sentBytes, counters.txBytes());
        assertEquals(dropped, counters.drops());
        assertTrue(counters.drops(DropReason.BACKLOG_FULL) > 0, "it was to be full at times");
        backlog.clear();
        assertEquals(0, pool.taken());
        pool.close();
        pieces.close();
        seen.close();
        slab.close();
    }
}
