package org.lanyard.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ReportTest {
    private static final Trial TRIAL =
            new Trial(
                    "64x1",
                    "64 B",
                    "forwarding rate",
                    Placement.FREE,
                    List.of(),
                    Set.of(ByteRelay.NAME, LanyardSwitch.NAME),
                    List.of(Metric.DELIVERED, Metric.LOSS));

    private final Outcome outcome = new Outcome();
    private final Group group =
            new Group(
                    "g",
                    List.of(new ByteRelay(Path.of("r")), new LanyardSwitch(Path.of("x"), "")),
                    List.of(TRIAL),
                    new LoadGenerator(Path.of("l"), 0, 0));

    @BeforeEach
    void measure() {
        for (double pps : new double[] {100_000, 200_000, 400_000}) {
            outcome.add(TRIAL, ByteRelay.NAME, delivered(pps, 0));
            outcome.add(TRIAL, LanyardSwitch.NAME, delivered(pps * 0.9, 0.25));
        }
    }

    private static Measurement delivered(double pps, double loss) {
        return new Measurement(
                pps, pps, loss, 0, 0, 0, 1, 50, Double.NaN, Double.NaN, Double.NaN, 0);
    }

    private String markdown(Target target) {
        return new Report(List.of(group), List.of(target), outcome)
                .markdown(List.of("a machine"), "plot.svg");
    }

    @Test
    void shouldCompareRepetitionsThatRanTogetherAndNotTheMedians() {
        Target target = Target.against("64x1", ByteRelay.NAME, Metric.DELIVERED, 0.85);
        Series ratios = outcome.ratios(target).orElseThrow();
        assertEquals(0, ratios.spread(), 1e-9);
        assertTrue(markdown(target).contains("| 0.90 | 0.90–0.90 | yes |"));
    }

    @Test
    void shouldSayPlainlyWhatIsNotMet() {
        Target target = Target.against("64x1", ByteRelay.NAME, Metric.DELIVERED, 0.95);
        assertTrue(markdown(target).contains("| **no** |"));
    }

    @Test
    void shouldJudgeNothingByAFigureThatIsForInformation() {
        String text = markdown(Target.told("64x1", ByteRelay.NAME, Metric.DELIVERED));
        assertTrue(text.contains(", for information | 0.90 | 0.90–0.90 | – |"), text);
    }

    @Test
    void shouldLeaveTheCellEmptyOfWhatACandidateHasNot() {
        outcome.add(TRIAL, VdeSwitch.NAME, Measurement.throughput(1e9, Double.NaN, 0));
        String text = markdown(Target.of("64x1", Metric.LOSS, 0));
        assertFalse(text.contains("NaN"), text);
    }

    @Test
    void shouldJudgeAFigureThatHasNoRival() {
        String text = markdown(Target.of("64x1", Metric.LOSS, 0));
        assertTrue(text.contains("| 64x1: loss, at most 0 | 25 % | 25 %–25 % | **no** |"), text);
    }

    @Test
    void shouldLeaveOutAimsThatWereNotMeasured() {
        String text = markdown(Target.against("other", VdeSwitch.NAME, Metric.DELIVERED, 2));
        assertFalse(text.contains("other:"), text);
    }

    @Test
    void shouldShowMedianAndSpreadOfEach() {
        String text = markdown(Target.of("64x1", Metric.LOSS, 0));
        assertTrue(text.contains("| 200 k ± 100 % | 180 k ± 100 % |"), text);
    }

    @Test
    void shouldDrawABarForEach() {
        String svg = new Plot(List.of(group), outcome).svg();
        assertTrue(svg.contains("width=\"420\" height=\"12\"") && svg.contains(">200 k/s byte"));
        assertTrue(svg.contains("width=\"378\" height=\"12\"") && svg.contains(">180 k/s Lanyard"));
    }
}
