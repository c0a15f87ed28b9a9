package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Pointer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.IoVec;

final class BacklogTest {
    private static final int CHUNK = ChunkPool.CHUNK_SIZE;
    private static final int LONGEST = StreamFormat.MAX_FRAME;

    private final Slab slab = new Slab();
    private final PortCounters counters = new PortCounters();
    private final ChunkPool pool = new ChunkPool(100L * CHUNK);
    private final IoVec pieces = new IoVec(4);

    @AfterEach
    void unmap() {
        slab.close();
        pool.close();
        pieces.close();
    }

    private static byte[] frame(int length, int mark) {
        return Frames.frame(1, 2, length, mark);
    }

    private void add(Backlog backlog, byte[]... frames) {
        byte[] stream = Frames.stream(frames);
        slab.bytes().put(0, stream);
        backlog.add(slab.bytes(), 0, stream.length);
        slab.bytes().put(0, new byte[stream.length]);
    }

    private void assertHead(Backlog backlog, byte[] frame) {
        assertEquals(frame.length, backlog.headLength());
        byte[] head = new Pointer(backlog.headFrame()).getByteArray(0, frame.length);
        assertTrue(Arrays.equals(frame, head), "the frame at the head is another");
    }

    private long full() {
        return counters.drops(DropReason.BACKLOG_FULL);
    }

    @Test
    void shouldGiveFramesBackInTheirOrder() {
        Backlog backlog = new Backlog(pool, counters, 2 * CHUNK);
        List<byte[]> frames = List.of(frame(60, 1), frame(1514, 2), frame(61, 3));
        add(backlog, frames.get(0), frames.get(1));
        add(backlog, frames.get(2));
        assertEquals(60 + 1514 + 61 + 12, backlog.bytes());
        for (byte[] frame : frames) {
            assertHead(backlog, frame);
            backlog.removeHead();
        }
        assertTrue(backlog.isEmpty());
        assertEquals(0, pool.taken());
        assertEquals(0, counters.txPackets(), "who removes has counted");
    }

    @Test
    void shouldTakeExactlyItsLimit() {
        Backlog backlog = new Backlog(pool, counters, CHUNK);
        int each = 1020;
        int fit = CHUNK / (each + 4);
        for (int i = 0; i < fit + 3; i++) {
            add(backlog, frame(each, i));
        }
        assertEquals(fit * (each + 4), CHUNK, "the sizes were chosen to fill it to the byte");
        assertEquals(CHUNK, backlog.bytes());
        assertEquals(3, full());
        backlog.removeHead();
        add(backlog, frame(each, 99));
        assertEquals(3, full());
        backlog.clear();
    }

    @Test
    void shouldTakeMoreOnceItsLimitIsRaised() {
        Backlog backlog = new Backlog(pool, counters, CHUNK);
        add(backlog, frame(60, 0), frame(CHUNK / 2, 1));
        backlog.removeHead();
        add(backlog, frame(CHUNK / 2, 2));
        assertEquals(1, full());
        backlog.limit(40 * CHUNK);
        for (int i = 2; i < 60; i++) { // each needs a chunk of its own
            add(backlog, frame(CHUNK / 2, i));
        }
        assertEquals(1, full());
        backlog.limit(CHUNK);
        for (int i = 1; i < 60; i++) {
            assertEquals(i == 59, backlog.bytes() <= CHUNK);
            int before = backlog.bytes();
            add(backlog, frame(CHUNK / 2, 99));
            assertEquals(before, backlog.bytes(), "what waits leaves first");
            assertHead(backlog, frame(CHUNK / 2, i));
            backlog.removeHead();
        }
        assertTrue(backlog.isEmpty());
        assertEquals(0, pool.taken());
    }

    @Test
    void shouldDropTheTailOfARunAndCountEachFrameOfIt() {
        Backlog backlog = new Backlog(pool, counters, CHUNK);
        add(backlog, frame(CHUNK / 2, 1), frame(CHUNK / 2, 2), frame(60, 3), frame(60, 4));
        assertEquals(3, full(), "from the first that did not fit on");
        assertEquals(CHUNK / 2 + 4, backlog.bytes());
        backlog.clear();
        assertEquals(1, counters.drops(DropReason.PORT_CLOSED));
    }

    @Test
    void shouldGiveEachBacklogItsGuaranteedChunksFromAnExhaustedPool() {
        ChunkPool none = new ChunkPool(0);
        Backlog one = new Backlog(none, counters, 10 * CHUNK);
        PortCounters others = new PortCounters();
        Backlog two = new Backlog(none, others, 10 * CHUNK);
        for (int i = 0; i < 5; i++) {
            add(one, frame(LONGEST, i));
            add(two, frame(LONGEST, i));
        }
        assertEquals(5 - ChunkPool.GUARANTEED, full());
        assertEquals(5 - ChunkPool.GUARANTEED, others.drops(DropReason.BACKLOG_FULL));
        one.clear();
        two.clear();
        assertEquals(0, none.taken());
        none.close();
    }

    @Test
    void shouldUseThePoolUpToItsLimitAndNotBeyond() {
        ChunkPool five = new ChunkPool(5L * CHUNK);
        Backlog backlog = new Backlog(five, counters, 20 * CHUNK);
        for (int i = 0; i < 8; i++) {
            add(backlog, frame(LONGEST, i));
        }
        assertEquals(5L * CHUNK, five.taken());
        assertEquals(3, full());
        backlog.clear();
        five.close();
    }

    @Test
    void shouldFinishTheTornFrameFirstAndCountItWhenItsLastByteWent() {
        Backlog backlog = new Backlog(pool, counters, CHUNK);
        byte[] stream = Frames.stream(frame(1000, 1));
        slab.bytes().put(0, stream);
        backlog.addRest(slab.bytes(), 300, stream.length, 1000);
        add(backlog, frame(60, 2));
        assertEquals(704 + 64, backlog.bytes());
        backlog.sent(703);
        assertEquals(0, counters.txPackets());
        backlog.sent(1);
        assertEquals(1, counters.txPackets());
        assertEquals(1000, counters.txBytes(), "the whole frame's bytes");
        backlog.sent(64);
        assertEquals(2, counters.txPackets());
        assertTrue(backlog.isEmpty());
        assertEquals(0, pool.taken());
    }

    @Test
    void shouldTakeTheRestOfATornFrameEvenWithoutMemory() {
        ChunkPool none = new ChunkPool(0);
        Backlog backlog = new Backlog(none, counters, CHUNK);
        byte[] stream = Frames.stream(frame(LONGEST, 1));
        slab.bytes().put(0, stream);
        backlog.addRest(slab.bytes(), 1, stream.length, LONGEST);
        assertEquals(stream.length - 1, backlog.bytes());
        backlog.clear();
        assertEquals(1, counters.drops(DropReason.PORT_CLOSED));
        none.close();
    }

    @Test
    void shouldCountATornFrameOnceWhenAllIsDropped() {
        Backlog backlog = new Backlog(pool, counters, CHUNK);
        add(backlog, frame(500, 1), frame(500, 2), frame(500, 3));
        backlog.sent(504 + 10);
        assertEquals(1, counters.txPackets());
        backlog.clear();
        assertEquals(2, counters.drops(DropReason.PORT_CLOSED));
        assertEquals(0, pool.taken());
        assertTrue(backlog.isEmpty());
        backlog.clear();
        assertEquals(2, counters.drops());
    }

    @Test
    void shouldListNoMorePiecesThanTheArrayTakes() {
        Backlog backlog = new Backlog(pool, counters, 20 * CHUNK);
        for (int i = 0; i < 6; i++) {
            add(backlog, frame(LONGEST, i));
        }
        backlog.fill(pieces);
        assertTrue(pieces.isFull());
        assertEquals(4L * (LONGEST + 4), pieces.total());
        backlog.clear();
    }

    @Test
    void shouldWorkOnWhenItsRingOfChunksTurns() {
        Backlog backlog = new Backlog(pool, counters, CHUNK);
        for (int i = 0; i < 100; i++) {
            byte[] frame = frame(LONGEST - i, i);
            add(backlog, frame);
            assertHead(backlog, frame);
            backlog.sent(4 + frame.length);
        }
        assertEquals(100, counters.txPackets());
        assertEquals(0, full());
        assertEquals(0, pool.taken());
    }
}
