package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SleepTest {
    /** A lone frame, as of a round trip, is never kept waiting; nor are the many of a full read. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, false",
        "1, 1514, false",
        "3, 192, false",
        "4, 256, true",
        "40, 60560, true",
        "44, 66616, false",
        "2, 65536, false",
        "4000, 256000, false"
    })
    void shouldNapOnlyWhereMoreIsToBeFoundSoon(int frames, long bytes, boolean naps) {
        assertEquals(naps, Sleep.isTrickle(frames, bytes));
    }
}
