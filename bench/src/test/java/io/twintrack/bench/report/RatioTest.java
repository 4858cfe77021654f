package io.twintrack.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrack.bench.Workload;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RatioTest {
    private static final Workload WORKLOAD = Workload.WRITE_4K_D32;

    @Test
    void dividesWithinEachRound() {
        final List<Sample> samples = List.of(
            sample(0, "ours", 90), sample(0, "theirs", 100),
            sample(1, "theirs", 10), sample(1, "ours", 12),
            sample(2, "ours", 500), sample(2, "theirs", 1000));
        assertEquals(Optional.of(new Spread(0.9, 0.5, 1.2, 3)), ratio("theirs").of(samples));
    }

    @Test
    void comparesWithTheBestOfEachRound() {
        final List<Sample> samples = List.of(
            sample(0, "ours", 60), sample(0, "a", 20), sample(0, "b", 10),
            sample(1, "ours", 60), sample(1, "a", 10), sample(1, "b", 30));
        assertEquals(Optional.of(new Spread(2.5, 2, 3, 2)), ratio("a", "b").of(samples));
    }

    @Test
    void leavesOutRoundsThatMissASystem() {
        final List<Sample> samples = List.of(
            sample(0, "ours", 60), sample(0, "a", 20),
            sample(1, "ours", 60), sample(1, "a", 10), sample(1, "b", 30),
            sample(2, "a", 10), sample(2, "b", 30));
        assertEquals(Optional.of(new Spread(2, 2, 2, 1)), ratio("a", "b").of(samples));
        assertEquals(Optional.empty(), ratio("c").of(samples));
    }

    @Test
    void looksAtItsOwnWorkloadAndMeasureOnly() {
        final List<Sample> samples = List.of(
            sample(0, "ours", 60), new Sample(0, Workload.READ_4K_D32, "a", 1, 1, 1, 1, 1.0));
        assertEquals(Optional.empty(), ratio("a").of(samples));
        final Ratio cpu = new Ratio(WORKLOAD, Measure.CPU, "ours", List.of("ours"));
        assertEquals(Optional.empty(), cpu.of(samples), "a sample without processor time");
    }

    private static Ratio ratio(final String... over) {
        return new Ratio(WORKLOAD, Measure.IOPS, "ours", List.of(over));
    }

    private static Sample sample(final int round, final String system, final double iops) {
        return new Sample(round, WORKLOAD, system, iops, iops * 4096, 1, 2, null);
    }
}
