package org.lanyard.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LimitsTest {
    private static final long MEGABIT = 1_000_000;

    /** A round trip of 20 ms, which is one within a country, and never less than it was. */
    @ParameterizedTest
    @CsvSource({
        "1, 131072",
        "10, 131072",
        "50, 131072",
        "100, 249856",
        "1000, 2499584",
        "2500, 6249472",
        "10000, 16777216",
        "999999000, 16777216"
    })
    void shouldLetARoundTripsWorthPassAtOnceWhereNothingIsSaid(long megabits, int bytes) {
        assertEquals(bytes, Limits.NONE.burstAt(megabits * MEGABIT));
    }

    @Test
    void shouldObeyWhatIsSaid() {
        Limits said = Limits.NONE.withRates(1_000 * MEGABIT, 10 * MEGABIT, 80_000);
        assertEquals(80_000, said.burstAt(1_000 * MEGABIT));
        assertEquals(80_000, said.burstAt(10 * MEGABIT));
    }
}
