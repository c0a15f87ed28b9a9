package org.lanyard.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SeriesTest {
    @Test
    void shouldTakeTheMiddleOfAnOddNumber() {
        assertEquals(3, new Series(List.of(9.0, 1.0, 3.0)).median());
    }

    @Test
    void shouldTakeTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertEquals(4, new Series(List.of(9.0, 1.0, 3.0, 5.0)).median());
    }

    @Test
    void shouldTellTheGreatestDistanceFromTheMedian() {
        assertEquals(0.5, new Series(List.of(10.0, 9.0, 15.0)).spread(), 1e-9);
        assertEquals(0, new Series(List.of(0.0, 0.0, 1.0)).spread());
    }

    @Test
    void shouldRefuseNothing() {
        assertThrows(IllegalArgumentException.class, () -> new Series(List.of()));
    }
}
