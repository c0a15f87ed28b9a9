package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SleepTest {
    /** A lone frame, a full read, and frames of two who may talk to each other never wait. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 1000, false",
        "1, 1514, 1000, false",
        "3, 192, 1000, false",
        "4, 256, 1000, true",
        "40, 60560, 1000, true",
        "44, 66616, 1000, false",
        "2, 65536, 1000, false",
        "4000, 256000, 1000, false",
        "40, 60560, 999, false"
    })
    void shouldNapOnlyWhereMoreIsToBeFoundSoon(
            int frames, long bytes, long aloneMicros, boolean naps) {
        assertEquals(naps, Sleep.isTrickle(frames, bytes, aloneMicros * 1000));
    }
}
