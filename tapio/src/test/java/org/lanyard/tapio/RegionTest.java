package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RegionTest {
    @Test
    void shouldStartAsZerosInNetworkOrder() {
        try (Region region = Region.allocate(10_000)) {
            assertEquals(10_000, region.size());
            assertEquals(10_000, region.bytes().capacity());
            assertEquals(ByteOrder.BIG_ENDIAN, region.bytes().order());
            for (int i = 0; i < region.size(); i++) {
                assertEquals(0, region.bytes().get(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 100, 1 << 20, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldThrowInsteadOfTouchingWhatLiesOutside(int index) {
        try (Region region = Region.allocate(100)) {
            ByteBuffer bytes = region.bytes();
            assertThrows(IndexOutOfBoundsException.class, () -> bytes.get(index));
            assertThrows(IndexOutOfBoundsException.class, () -> bytes.put(index, (byte) 1));
            assertThrows(IndexOutOfBoundsException.class, () -> bytes.getLong(index));
            assertThrows(IndexOutOfBoundsException.class, () -> bytes.putLong(index, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {93, 96, 99})
    void shouldThrowWhenTheLastByteLiesOutside(int index) {
        try (Region region = Region.allocate(100)) {
            ByteBuffer bytes = region.bytes();
            assertThrows(IndexOutOfBoundsException.class, () -> bytes.getLong(index));
            assertThrows(IndexOutOfBoundsException.class, () -> bytes.putLong(index, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> bytes.get(index, new byte[8]));
        }
    }

    @Test
    void shouldShowTheSameBytesThroughBothViews() throws ErrnoException {
        try (Region region = Region.allocate(16);
                Doorbell bell = new Doorbell()) {
            bell.ring();
            assertEquals(8, LibC.read(bell.fd(), region.address() + 8, 8));
            assertEquals(0, region.bytes().getLong(0));
            assertEquals(1, region.bytes().order(ByteOrder.nativeOrder()).getLong(8));
        }
    }

    @Test
    void shouldReadAsZerosAfterDiscard() {
        try (Region region = Region.allocate(1 << 20)) {
            region.bytes().putLong(123_456, -1);
            region.discard();
            assertEquals(0, region.bytes().getLong(123_456));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void shouldRefuseASizeBelowOne(int size) {
        assertThrows(IllegalArgumentException.class, () -> Region.allocate(size).close());
    }
}
