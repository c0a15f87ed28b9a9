package org.lanyard.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RateMeterTest {
    private static final long SECOND = 1_000_000_000L;

    /** Offered far more than the rate, what passes in ten seconds is the rate, and one burst. */
    @ParameterizedTest
    @CsvSource({
        "1000, 100, 1, 10000",
        "1250000, 131072, 1514, 100",
        "125000000, 131072, 1514, 1",
        "12500000000, 1048576, 9014, 1",
        "1, 10, 1, 1000000"
    })
    void shouldLetTheRateThroughAndNoMore(long rate, long burst, int unit, long micros) {
        RateMeter meter = new RateMeter(rate, burst);
        long passed = 0;
        long now = 77;
        for (long i = 0; i < 10_000_000 / micros && i < 2_000_000; i++) {
            for (int more = 0; more < 4 || passed == 0; more++) {
                if (!meter.take(unit, now)) {
                    break;
                }
                passed += unit;
            }
            now += micros * 1_000;
        }
        double seconds = (now - 77) / 1e9;
        double offered = 4.0 * unit * seconds * 1e6 / micros;
        double expected = Math.min(offered, rate * seconds + burst);
        assertEquals(expected, passed, 0.02 * expected + unit);
    }

    @Test
    void shouldTakeABurstAfterAPauseAndThenNoMore() {
        RateMeter meter = new RateMeter(1_000, 5);
        for (int pause = 0; pause < 3; pause++) {
            long now = pause * 100 * SECOND;
            for (int i = 0; i < 5; i++) {
                assertTrue(meter.take(1, now), "frame " + i + " of burst " + pause);
            }
            assertFalse(meter.take(1, now));
            assertTrue(meter.take(1, now + SECOND / 1_000), "a thousandth of a second later");
            assertFalse(meter.take(1, now + SECOND / 1_000));
        }
    }

    @Test
    void shouldNotCountWhatItRefused() {
        RateMeter meter = new RateMeter(1_000, 10);
        assertFalse(meter.take(11, 0));
        assertTrue(meter.take(10, 0));
    }

    /** Parts of a clock's nanoseconds run over after 104 days. */
    @ParameterizedTest
    @CsvSource({"1, 100", "1000, 50", "104, 10", "105, 10", "208, 10", "36500, 10"})
    void shouldLetABurstThroughAfterSilenceHoweverLong(long days, long burst) {
        for (long start : new long[] {-SECOND, 0, 12_345 * SECOND, Long.MAX_VALUE - SECOND}) {
            RateMeter meter = new RateMeter(1_000, burst);
            assertTrue(meter.take(burst, start), "at first");
            assertFalse(meter.take(1, start));
            long later = start + days * 24 * 3_600 * SECOND;
            assertTrue(meter.take(burst, later), days + " days later");
            assertFalse(meter.take(1, later));
            assertTrue(meter.take(1, later + SECOND / 100), "and it goes on at its rate");
        }
    }

    /** A byte a second, and more of them at once than parts of a nanosecond can be counted for. */
    @Test
    void shouldNotRunOverAtTheSlowestRateAndTheLargestBurst() {
        RateMeter meter = new RateMeter(1, Integer.MAX_VALUE);
        for (int i = 0; i < 100; i++) {
            assertTrue(meter.take(69_632, i), "frame " + i);
        }
        RateMeter none = new RateMeter(1, 1);
        assertFalse(none.take(69_632, 0));
        assertFalse(none.take(Integer.MAX_VALUE, SECOND));
        assertTrue(none.take(1, SECOND));
    }

    /** System.nanoTime may be negative, and its parts may run over. */
    @ParameterizedTest
    @CsvSource({"-5000000000", "9007199254740000", "9223372036854000000"})
    void shouldWorkWhateverTheClockStartedFrom(long start) {
        RateMeter meter = new RateMeter(10, 1);
        for (int i = 0; i < 50; i++) {
            long now = start + i * SECOND / 10;
            assertTrue(meter.take(1, now), "at " + i);
            assertFalse(meter.take(1, now + 1_000), "just after " + i);
        }
    }
}
