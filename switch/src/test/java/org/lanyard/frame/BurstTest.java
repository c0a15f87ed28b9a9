package org.lanyard.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class BurstTest {
    private final Burst burst = new Burst();

    @Test
    void shouldKeepFramesInOrderOfArrival() {
        burst.add(4, 60);
        burst.add(68, 1514);
        assertEquals(2, burst.count());
        assertEquals(4, burst.offset(0));
        assertEquals(60, burst.length(0));
        assertEquals(68, burst.offset(1));
        assertEquals(1514, burst.length(1));
        assertEquals(1574, burst.bytes());
    }

    @Test
    void shouldSayThatItIsFullAtItsCapacityAndNotBefore() {
        for (int i = 0; i < Burst.CAPACITY; i++) {
            assertFalse(burst.isFull(), "at " + i);
            burst.add(i, 60);
        }
        assertTrue(burst.isFull());
        assertEquals(60L * Burst.CAPACITY, burst.bytes());
    }

    @Test
    void shouldBeEmptyAgainOnceCleared() {
        burst.add(4, 60);
        burst.clear();
        assertEquals(0, burst.count());
        assertEquals(0, burst.bytes());
    }

    @Test
    void shouldHoldASlabFullOfTheShortestFrames() {
        assertTrue(
                Burst.CAPACITY >= Slab.READ_SIZE / (StreamFormat.PREFIX + StreamFormat.MIN_FRAME));
    }
}
