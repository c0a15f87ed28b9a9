package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SleepTest {
    /** A lone frame and a full read never wait; frames of two who may be talking wait less. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 1000, 0",
        "1, 1514, 1000, 0",
        "3, 192, 1000, 0",
        "4, 256, 1000, 40000",
        "40, 60560, 1000, 40000",
        "44, 66616, 1000, 0",
        "2, 65536, 1000, 0",
        "4000, 256000, 1000, 0",
        "40, 60560, 999, 15000",
        "4, 256, 0, 15000"
    })
    void shouldNapOnlyWhereMoreIsToBeFoundSoon(int frames, long bytes, long aloneMicros, int nap) {
        assertEquals(nap, Sleep.napFor(frames, bytes, aloneMicros * 1000));
    }
}
