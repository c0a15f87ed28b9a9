package org.lanyard.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is judged, and by which figure. */
final class AttackResultTest {
    private static final Probe TRIPS = new Probe("round trips", List.of(), true, false);
    private static final Probe ONE_WAY = new Probe("one way", List.of(), false, false);

    private final AttackResult result =
            new AttackResult(
                    new Attack("test", "nothing is done") {
                        @Override
                        List<Attacker> begin(Scene scene) {
                            return List.of();
                        }
                    });

    private static Probe.Found found(double perSecond, double p99Micros) {
        return new Probe.Found(perSecond, p99Micros, 0, "");
    }

    private void turn(Probe probe, Probe.Found under, Probe.Found beside) {
        result.add(new AttackResult.Turn(probe, under, beside, 1));
    }

    @Test
    void shouldJudgeByTheMedianOfNeighbouringWindows() {
        turn(ONE_WAY, found(90, Double.NaN), found(100, Double.NaN));
        turn(ONE_WAY, found(10, Double.NaN), found(100, Double.NaN));
        turn(ONE_WAY, found(85, Double.NaN), found(100, Double.NaN));
        turn(TRIPS, found(80, 150), found(100, 100));
        assertEquals(0.85, result.rateRatio(false).orElseThrow(), 1e-9);
        assertEquals(1.5, result.p99Ratio().orElseThrow(), 1e-9);
        assertTrue(result.isMet(), result.missed().toString());
    }

    @Test
    void shouldTakeTheMedianOfRunsEachFigureForItself() {
        Probe.Found nothing = new Probe.Found(0, Double.POSITIVE_INFINITY, 1, "the pair gave up");
        assertEquals(
                new Probe.Found(90, 300, 0, ""),
                Probe.Found.median(List.of(found(100, 300), nothing, found(90, 200))));
        assertEquals(nothing, Probe.Found.median(List.of(nothing, found(90, 200), nothing)));
    }

    @Test
    void shouldMissWhatIsSlowerOrLaterThanAimedAt() {
        turn(ONE_WAY, found(79, Double.NaN), found(100, Double.NaN));
        turn(TRIPS, found(100, 201), found(100, 100));
        result.started(2.1);
        result.answered(0.2);
        result.answered(Double.POSITIVE_INFINITY);
        assertEquals(
                List.of(
                        "one way is 0.79",
                        "p99 is 2.0 times",
                        "start took 2.1 s",
                        "status took endless s"),
                result.missed());
    }

    @Test
    void shouldMissAPairThatGotNothingThrough() {
        turn(TRIPS, new Probe.Found(0, Double.POSITIVE_INFINITY, 1, "gave up"), found(100, 100));
        assertEquals(List.of("round trips is 0.00", "p99 is endless times"), result.missed());
    }

    @Test
    void shouldMissAFaultWhateverTheFiguresAre() {
        turn(ONE_WAY, found(100, Double.NaN), found(100, Double.NaN));
        result.fault("the TAP is gone");
        result.fault("the TAP is gone");
        assertFalse(result.isMet());
        assertEquals(List.of("the TAP is gone"), result.missed());
    }

    @Test
    void shouldMeetNothingWithoutAFigure() {
        assertEquals(List.of("nothing was measured"), result.missed());
    }
}
