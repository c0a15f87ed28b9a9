package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IoVecTest {
    private static final int PIECE = 37;

    @TempDir private Path directory;
    private StreamPair pair;
    private Region source;
    private Region target;

    @BeforeEach
    void open() throws IOException {
        pair = StreamPair.open(new Endpoint.Unix(directory.resolve("s")));
        source = Region.allocate(1 << 20);
        target = Region.allocate(1 << 20);
        for (int i = 0; i < source.size(); i += Integer.BYTES) {
            source.bytes().putInt(i, i);
        }
    }

    @AfterEach
    void close() throws IOException {
        pair.close();
        source.close();
        target.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, IoVec.MAX_PIECES})
    void shouldWriteItsPiecesInOrder(int pieces) {
        try (IoVec vector = new IoVec(pieces)) {
            fillBackwards(vector, pieces);
            assertTrue(vector.isFull());
            assertEquals(pieces, vector.count());
            assertEquals((long) pieces * PIECE, vector.total());
            assertEquals(vector.total(), vector.writeTo(pair.client().fd()));
            assertEquals(vector.total(), readAll());
            assertBackwards(pieces, (int) vector.total());
        }
    }

    @Test
    void shouldStartAgainAfterClear() {
        try (IoVec vector = new IoVec(2)) {
            fillBackwards(vector, 2);
            vector.clear();
            assertEquals(0, vector.count());
            assertEquals(0, vector.total());
            assertFalse(vector.isFull());
            vector.add(source.address(), 5);
            assertEquals(5, vector.writeTo(pair.client().fd()));
            assertEquals(5, readAll());
        }
    }

    @Test
    void shouldTellHowMuchATinyBufferTook() throws IOException {
        pair.client().setBuffers(1, 1);
        try (IoVec vector = new IoVec(IoVec.MAX_PIECES)) {
            fillBackwards(vector, IoVec.MAX_PIECES);
            long taken = vector.writeTo(pair.client().fd());
            assertTrue(taken > 0 && taken < vector.total(), "taken " + taken);
            assertEquals(taken, readAll());
            assertBackwards(IoVec.MAX_PIECES, (int) taken);
        }
    }

    @Test
    void shouldSayThatAFullSocketTakesNothing() {
        try (IoVec vector = new IoVec(2)) {
            vector.add(source.address(), source.size());
            vector.add(source.address(), source.size());
            for (int i = 0; i < 1000 && vector.writeTo(pair.client().fd()) > 0; i++) {}
            assertEquals(-1, vector.writeTo(pair.client().fd()));
            assertEquals(Errno.EAGAIN, LibC.errno());
        }
    }

    @Test
    void shouldSayThatTheOtherEndIsGoneAndRaiseNoSignal() throws IOException {
        pair.server().close();
        try (IoVec vector = new IoVec(2)) {
            fillBackwards(vector, 2);
            assertEquals(-1, vector.writeTo(pair.client().fd()));
            assertEquals(Errno.EPIPE, LibC.errno());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, IoVec.MAX_PIECES + 1})
    void shouldRefuseASizeThatTheKernelDoesNotTake(int capacity) {
        assertThrows(IllegalArgumentException.class, () -> new IoVec(capacity).close());
    }

    @Test
    void shouldRefuseAPieceTooMany() {
        try (IoVec vector = new IoVec(1)) {
            vector.add(source.address(), 1);
            assertThrows(IndexOutOfBoundsException.class, () -> vector.add(source.address(), 1));
            assertEquals(1, vector.count());
        }
    }

    private void fillBackwards(IoVec vector, int pieces) {
        for (int i = pieces - 1; i >= 0; i--) {
            vector.add(source.address() + (long) i * PIECE, PIECE);
        }
    }

    private void assertBackwards(int pieces, int bytes) {
        for (int i = 0; i < bytes; i++) {
            int from = (pieces - 1 - i / PIECE) * PIECE + i % PIECE;
            assertEquals(source.bytes().get(from), target.bytes().get(i), "byte " + i);
        }
    }

    private long readAll() {
        long total = 0;
        long some;
        do {
            some = LibC.read(pair.server().fd(), target.address() + total, target.size() - total);
            total += Math.max(0, some);
        } while (some > 0);
        return total;
    }
}
