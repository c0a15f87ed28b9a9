package org.lanyard.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SlabTest {
    private final Slab slab = new Slab();

    @AfterEach
    void unmap() {
        slab.close();
    }

    @Test
    void shouldRefuseScratchThatItDoesNotHave() {
        assertEquals(Slab.NO_SCRATCH, slab.claimScratch(slab.bytes().capacity()));
        assertEquals(Slab.READ_SIZE, slab.claimScratch(100), "and not lose any by that");
    }

    @Test
    void shouldGiveScratchBehindTheReadAreaPieceByPiece() {
        assertEquals(Slab.READ_SIZE, slab.claimScratch(100));
        assertEquals(Slab.READ_SIZE + 100, slab.claimScratch(28));
        assertEquals(Slab.READ_SIZE + 128, slab.claimScratch(1));
    }

    @Test
    void shouldNeverPromiseScratchBeyondItsEnd() {
        int given = 0;
        while (slab.hasScratch(1000)) {
            given = slab.claimScratch(1000) + 1000;
        }
        assertTrue(given <= slab.bytes().capacity());
        assertTrue(slab.hasScratch(slab.bytes().capacity() - given));
        assertFalse(slab.hasScratch(slab.bytes().capacity() - given + 1));
    }

    @Test
    void shouldGiveTheSameScratchAgainOnceCleared() {
        slab.claimScratch(5000);
        slab.clear();
        assertEquals(Slab.READ_SIZE, slab.claimScratch(1));
    }

    @Test
    void shouldBeLentUntilAsManyCameHomeAsWentOut() {
        assertFalse(slab.isLent());
        slab.lend();
        slab.lend();
        slab.comeHome();
        assertTrue(slab.isLent());
        slab.comeHome();
        assertFalse(slab.isLent());
    }

    @Test
    void shouldLetNobodyReadBeyondItsMemory() {
        int size = slab.bytes().capacity();
        assertThrows(IndexOutOfBoundsException.class, () -> slab.bytes().getInt(size - 3));
        assertThrows(IndexOutOfBoundsException.class, () -> slab.bytes().getInt(-1));
    }
}
