package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lanyard.frame.StreamFormat;

final class ChunkPoolTest {
    private static final int SIZE = ChunkPool.CHUNK_SIZE;

    @Test
    void shouldCountWhatIsTaken() {
        ChunkPool pool = new ChunkPool(2L * SIZE);
        assertTrue(pool.hasSpare());
        Chunk one = pool.take();
        Chunk two = pool.take();
        assertEquals(2L * SIZE, pool.taken());
        assertFalse(pool.hasSpare());
        pool.giveBack(one);
        assertTrue(pool.hasSpare());
        pool.giveBack(two);
        assertEquals(0, pool.taken());
        assertEquals(2L * SIZE, pool.limit());
        pool.close();
    }

    @Test
    void shouldGiveAlsoAboveItsLimitForWhoeverIsEntitled() {
        ChunkPool pool = new ChunkPool(0);
        assertFalse(pool.hasSpare());
        Chunk chunk = pool.take();
        assertEquals(SIZE, chunk.room());
        pool.giveBack(chunk);
        pool.close();
    }

    @Test
    void shouldHoldTheLongestFrameInOneChunk() {
        assertTrue(SIZE >= StreamFormat.PREFIX + StreamFormat.MAX_FRAME);
    }

    /** A crowd had been here, and one frame after another waits since. */
    @Test
    void shouldKeepWarmWhatIsTakenAgainAndAgainHoweverManyAreFree() {
        ChunkPool pool = new ChunkPool(1000L * SIZE);
        List<Chunk> crowd = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            crowd.add(pool.take());
        }
        crowd.forEach(pool::giveBack);
        for (int i = 0; i < 100; i++) {
            pool.take(); // the warm ones, and others
        }
        Chunk chunk = pool.take();
        chunk.bytes().put(SIZE - 1, (byte) 1);
        pool.giveBack(chunk);
        assertSame(chunk, pool.take());
        assertEquals(1, chunk.bytes().get(SIZE - 1), "its pages were not given away");
        pool.close();
    }

    @Test
    void shouldUseItsChunksAgainAndGiveThePagesOfMostBack() {
        int many = 100;
        ChunkPool pool = new ChunkPool((long) many * SIZE);
        List<Chunk> chunks = new ArrayList<>();
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < many; i++) {
            chunks.add(pool.take());
            chunks.get(i).bytes().put(SIZE - 1, (byte) 1);
            addresses.add(chunks.get(i).address());
        }
        assertEquals(many, addresses.size());
        chunks.forEach(pool::giveBack);
        chunks.clear();
        int touched = 0;
        for (int i = 0; i < many; i++) {
            chunks.add(pool.take());
            touched += chunks.get(i).bytes().get(SIZE - 1);
            addresses.remove(chunks.get(i).address());
        }
        assertEquals(0, addresses.size(), "chunks that were not used again");
        assertEquals(64, touched, "chunks that stayed warm");
        chunks.forEach(pool::giveBack);
        pool.close();
    }
}
